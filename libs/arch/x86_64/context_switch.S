/* Switching between stacks.
 *
 * A stack that isn't running holds, from its stack pointer up: the floating-point modes (MXCSR, 4 bytes; the x87
 * control word, 2 bytes; 2 unused), r15, r14, r13, r12, rbx, rbp, and the address to go on at (struct Resting in
 * context_switch.cc). These are what a call preserves [SysV-ABI §3.2.1]; the caller saves the rest itself.
 * SPDX-License-Identifier: Apache-2.0 */

/* In: rdi: where to store this stack's pointer; rsi: the stack pointer to go on with.
 * Out: nothing, when somebody switches back. Clobbers: what any call does. Mode: 64-bit, any privilege level. */
  .section .text.ashlar_switch_stack, "ax", @progbits
  .globl ashlar_switch_stack
  .type ashlar_switch_stack, @function
  .p2align 4
ashlar_switch_stack:
  .cfi_startproc
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  subq $8, %rsp
  stmxcsr (%rsp)
  fnstcw 4(%rsp)
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  ldmxcsr (%rsp)
  fldcw 4(%rsp)
  addq $8, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .cfi_endproc
  .size ashlar_switch_stack, . - ashlar_switch_stack

/* The first code of a new stack.
 * In: r12: the function to call; r13: its argument; rbp: zero, which ends backtraces; rsp: aligned to 16. */
  .section .text.ashlar_stack_entry, "ax", @progbits
  .globl ashlar_stack_entry
  .type ashlar_stack_entry, @function
  .p2align 4
ashlar_stack_entry:
  .cfi_startproc
  .cfi_undefined rip
  movq %r13, %rdi
  callq *%r12
  ud2
  .cfi_endproc
  .size ashlar_stack_entry, . - ashlar_stack_entry

  .section .note.GNU-stack, "", @progbits
