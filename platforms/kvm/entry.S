// How the image is entered, until it runs in 64-bit mode under its own page tables.
//
// Two doors lead to one path: the PVH note [PVH] (QEMU, Cloud Hypervisor, Firecracker since 1.12), which enters in
// 32-bit mode, and the ELF entry point, which a VMM enters in 64-bit mode by the Linux boot protocol
// [x86-boot "64-bit boot protocol"] (older Firecracker).
// SPDX-License-Identifier: Apache-2.0

#include "platforms/pc/segments.inc"

.section .note.pvh, "a", @note
.balign 4
  .long 4         // name size
  .long 4         // descriptor size
  .long 18        // XEN_ELFNOTE_PHYS32_ENTRY
  .asciz "Xen"
  .long ashlar_pvh_entry

.section .text.entry, "ax", @progbits

// A VMM that resets the machine loads the segments again, but clears no memory: what is to start as zero holds what
// the last boot left. The first boot, whose memory is clear, does not pay for it. Clobbers EAX, ECX, EDI; in 32-bit
// mode without paging, and in 64-bit mode.
.macro clear_after_reset
  cmpb $0, booted
  je 1f
  cld
  movl $__bss_start, %edi
  movl $__bss_end, %ecx
  subl %edi, %ecx
  xorl %eax, %eax
  rep stosb
1:
  movb $1, booted
.endm

// In: 32-bit protected mode, flat segments, paging and interrupts off, EBX = start_info [PVH]. Does not return.
.code32
.balign 16
.globl ashlar_pvh_entry
.type ashlar_pvh_entry, @function
ashlar_pvh_entry:
  clear_after_reset
  movl %ebx, ashlar_kvm_start_info
  jmp enter
.size ashlar_pvh_entry, . - ashlar_pvh_entry

// In: 64-bit mode, paging on with the first GiB mapped to itself, interrupts off, RSI = boot_params. Goes down to
// 32-bit mode to join the path of the other door. Does not return.
.code64
.balign 16
.globl ashlar_linux_entry
.type ashlar_linux_entry, @function
ashlar_linux_entry:
  cli
  cld
  clear_after_reset
  movq %rsi, ashlar_kvm_boot_params
  movl $__boot_stack_top, %esp
  lgdt segments_pointer
  pushq $kCode32Segment
  pushq $1f
  lretq
.code32
1:
  movl $kDataSegment, %eax
  movl %eax, %ds
  movl %eax, %es
  movl %eax, %ss
  movl %cr0, %eax
  andl $0x7fffffff, %eax  // paging off, which leaves long mode
  movl %eax, %cr0
.size ashlar_linux_entry, . - ashlar_linux_entry

#include "platforms/pc/enter.inc"

// What the loader passed: one of them is not zero.
.section .bss.boot_information, "aw", @nobits
.balign 8
.globl ashlar_kvm_start_info
.hidden ashlar_kvm_start_info
ashlar_kvm_start_info:
  .skip 8
.globl ashlar_kvm_boot_params
.hidden ashlar_kvm_boot_params
ashlar_kvm_boot_params:
  .skip 8
booted:
  .skip 1
