// The last steps of a loader that follows the multiboot2 protocol [MB2 §3.3], and the image it enters.
// SPDX-License-Identifier: Apache-2.0

// In: RDI = entry point, RSI = boot information, EDX = the protocol's magic number; all below 4 GiB. Runs from a copy of
// itself, which stays where it is. Goes from 64-bit mode to 32-bit protected mode without paging. Does not return.
.section .rodata.enter, "a", @progbits
.globl enter_image
enter_image:
  cli
  cld
  movl %edx, %ebp
  // The descriptors' table, wherever this copy is, on the stack that is left.
  leaq table(%rip), %rax
  subq $16, %rsp
  movw $table_end - table - 1, (%rsp)
  movq %rax, 2(%rsp)
  lgdt (%rsp)
  // A far return into the 32-bit segment.
  leaq 1f(%rip), %rax
  pushq $8
  pushq %rax
  lretq
.code32
1:
  movw $16, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  // Paging off, then what belongs to it [SDM 3 §10.8.5.4].
  movl %cr0, %eax
  andl $0x7fffffff, %eax
  movl %eax, %cr0
  movl $0xc0000080, %ecx
  rdmsr
  andl $~0x100, %eax
  wrmsr
  movl %cr4, %eax
  andl $~0x20, %eax
  movl %eax, %cr4
  movl %ebp, %eax
  movl %esi, %ebx
  jmp *%edi
.code64
.balign 8
table:
  .quad 0
  .quad 0x00cf9b000000ffff  // code, 32 bits, all 4 GiB
  .quad 0x00cf93000000ffff  // data
table_end:
.globl enter_image_end
enter_image_end:

.section .rodata.image, "a", @progbits
.balign 16
.globl image
image:
  .incbin IMAGE
.globl image_end
image_end:
