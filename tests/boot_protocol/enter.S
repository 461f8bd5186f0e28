// The last steps of a loader that follows Linux's 64-bit boot protocol [x86-boot], and the image it enters.
// SPDX-License-Identifier: Apache-2.0

// A segment to copy, three 64-bit words: from where, to where, how many bytes. A size of zero ends the list.

// In: RDI = segments, RSI = boot_params, RDX = entry point, RCX = page tables that map everything used here to
// itself. Runs from a copy of itself, since it may overwrite where it was linked. Does not return.
.section .rodata.enter, "a", @progbits
.globl enter_image
enter_image:
  cli
  cld
  movq %rcx, %cr3
  movq %rdi, %rbx
  movq %rsi, %r8
1:
  movq (%rbx), %rsi
  movq 8(%rbx), %rdi
  movq 16(%rbx), %rcx
  testq %rcx, %rcx
  jz 2f
  rep movsb
  addq $24, %rbx
  jmp 1b
2:
  movq %r8, %rsi
  xorl %esp, %esp  // the protocol promises no stack
  jmp *%rdx
.globl enter_image_end
enter_image_end:

.section .rodata.image, "a", @progbits
.balign 16
.globl image
image:
  .incbin IMAGE
.globl image_end
image_end:
