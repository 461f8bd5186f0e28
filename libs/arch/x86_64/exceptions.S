// What the CPU enters on an exception: one stub a vector, and the table that points to them.
//
// The table is complete in the image, nothing fills it in at run time: the linker script splits the stubs'
// address into the halves that a gate wants (ashlar_exception_stubs_low, _high).
// SPDX-License-Identifier: Apache-2.0

.section .text.exceptions, "ax", @progbits
.code64

// The stubs. In: the CPU's exception frame on the stack, with or without an error code; CPL 0, interrupts off.
// Stub n lies at 8 * n; it adds its vector to the stack.
.balign 256
.globl ashlar_exception_stubs
.hidden ashlar_exception_stubs
.type ashlar_exception_stubs, @function
ashlar_exception_stubs:
  .set vector, 0
  .rept 32
    .balign 8, 0xcc
    pushq $vector
    jmp common
    .set vector, vector + 1
  .endr

// In: the vector on top of the CPU's frame. Completes an ashlar::x86_64::ExceptionFrame and hands it to
// ashlar_exception(). Never returns, so nothing is kept.
.balign 8, 0xcc
common:
  // The CPU aligned the stack to 16 before it pushed 40 bytes, or 48 with an error code [SDM 3 §6.14.2].
  testb $8, %spl
  jnz 1f
  pushq (%rsp)
  movq $0, 8(%rsp)
1:
  pushq %rax
  pushq %rbx
  pushq %rcx
  pushq %rdx
  pushq %rsi
  pushq %rdi
  pushq %rbp
  pushq %r8
  pushq %r9
  pushq %r10
  pushq %r11
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, %rdi
  cld
  andq $-16, %rsp
  call ashlar_exception
  ud2
.size ashlar_exception_stubs, . - ashlar_exception_stubs

// The interrupt descriptor table: 32 interrupt gates [SDM 3 §6.14.1], all on interrupt stack 1: whoever
// faults may have no stack left, and no report returns, so none needs what the one before it left there.
.section .rodata.exceptions, "a", @progbits
.balign 16
.globl ashlar_exception_table
.hidden ashlar_exception_table
.type ashlar_exception_table, @object
ashlar_exception_table:
  .set vector, 0
  .rept 32
    .word ashlar_exception_stubs_low + 8 * vector
    .word 0x08    // code segment
    .byte 1       // interrupt stack table entry
    .byte 0x8e    // present, DPL 0, 64-bit interrupt gate
    .word ashlar_exception_stubs_high
    .long 0       // images lie below 4 GiB
    .long 0
    .set vector, vector + 1
  .endr
.size ashlar_exception_table, . - ashlar_exception_table

// LIDT's operand.
.balign 8
.globl ashlar_exception_table_pointer
.hidden ashlar_exception_table_pointer
ashlar_exception_table_pointer:
  .word 32 * 16 - 1
  .quad ashlar_exception_table
