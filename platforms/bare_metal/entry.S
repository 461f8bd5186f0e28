// How a boot loader enters the image: by the multiboot2 protocol [MB2], from a PC's BIOS or UEFI.
//
// The header says what the image wants of the loader; the door takes what the loader left, looks whether the CPU is one
// for this image, and goes on as every PC image does.
// SPDX-License-Identifier: Apache-2.0

#include "platforms/pc/segments.inc"

// Within the first 32 KiB of the file, 8-byte aligned [MB2 §3.1]. GRUB loads the ELF segments where they say.
.section .text.multiboot2, "a", @progbits
.set kMagic, 0xe85250d6
.set kI386, 0
.set kOptional, 1
.balign 8
.globl ashlar_multiboot2_header
ashlar_multiboot2_header:
  .long kMagic, kI386, header_end - ashlar_multiboot2_header
  .long -(kMagic + kI386 + header_end - ashlar_multiboot2_header)
  // Needed: the memory map. Welcome: the screen, ACPI's root pointer, old and new.
  .balign 8
  .short 1, 0
  .long 12
  .long 6
  .balign 8
  .short 1, kOptional
  .long 20
  .long 8, 14, 15
  // Text cells will do for a screen, where the firmware has them ...
  .balign 8
  .short 4, kOptional
  .long 12
  .long 2
  // ... and else pixels, as many as there are, 32 bits each.
  .balign 8
  .short 5, kOptional
  .long 20
  .long 0, 0, 32
  // Modules begin a page of their own.
  .balign 8
  .short 6, kOptional
  .long 8
  .balign 8
  .short 0, 0
  .long 8
header_end:

.section .text.entry, "ax", @progbits

// In: 32-bit protected mode, flat segments, paging and interrupts off, EAX = the protocol's magic number, EBX = the boot
// information [MB2 §3.3]. The loader has zeroed what starts as zero, on every boot. Does not return.
.code32
.balign 16
.globl ashlar_multiboot2_entry
.type ashlar_multiboot2_entry, @function
ashlar_multiboot2_entry:
  cld
  cmpl $0x36d76289, %eax
  jne 1f
  movl %ebx, ashlar_bare_metal_boot_information
1:
  // 64-bit mode and no-execute [SDM CPUID leaf 0x80000001]: whoever asks for them on a CPU without dies in silence.
  movl $0x80000000, %eax
  cpuid
  cmpl $0x80000001, %eax
  jb 2f
  movl $0x80000001, %eax
  cpuid
  andl $0x20100000, %edx
  cmpl $0x20100000, %edx
  je enter
2:
  movl $message, %esi
  jmp say_and_halt
.size ashlar_multiboot2_entry, . - ashlar_multiboot2_entry

// In: ESI = text, zero-terminated. To the first serial port and, where there are text cells, the screen's first line.
say_and_halt:
  movl $0xb8000, %edi
3:
  lodsb
  testb %al, %al
  jz 5f
  movb $0x07, %ah         // light grey on black
  movw %ax, (%edi)
  addl $2, %edi
  movb %al, %bl
  movw $0x3fd, %dx        // line status: room for a byte? [PC16550D §8.6.3]
  movl $100000, %ecx
4:
  inb %dx, %al
  testb $0x20, %al
  loopz 4b
  movb %bl, %al
  movw $0x3f8, %dx
  outb %al, %dx
  jmp 3b
5:
  hlt
  jmp 5b

#include "platforms/pc/enter.inc"

.section .rodata.entry, "a", @progbits
message:
  .asciz "This image needs a 64-bit CPU with no-execute (XD, NX) switched on in the firmware's setup.\n"

// What the loader passed: zero if it was none of this protocol.
.section .bss.boot_information, "aw", @nobits
.balign 8
.globl ashlar_bare_metal_boot_information
.hidden ashlar_bare_metal_boot_information
ashlar_bare_metal_boot_information:
  .skip 8
