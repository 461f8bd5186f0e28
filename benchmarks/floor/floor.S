# The floor: the least a guest can do between a VMM's exec and its own exit. It enters by the PVH note, writes a line to
# COM1 without a look at the line status, and exits through isa-debug-exit. What a hello takes longer is its own.
# SPDX-License-Identifier: Apache-2.0
    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 4, 18              # XEN_ELFNOTE_PHYS32_ENTRY [pvh §"x86/HVM direct boot ABI"]
    .asciz "Xen"
    .long floor_entry

    .text
    .code32
    .globl floor_entry
floor_entry:
    mov $text, %esi
    mov $0x3f8, %edx
    mov $text_end - text, %ecx
    rep outsb
    mov $0xf4, %edx
    mov $0x7f, %al              # status 0 as images say it: ~0 & 0x7f
    out %al, (%dx)
    hlt
text:
    .ascii "Hello from the floor.\n"
text_end:
