/* The first code of a new stack, which SwitchStack() enters (context_switch.h).
 *
 * In: at the stack pointer, the function to call and its argument; above them rsp is aligned to 16.
 * Out: never. Clobbers: everything. Mode: 64-bit, any privilege level.
 * SPDX-License-Identifier: Apache-2.0 */
  .section .text.ashlar_stack_entry, "ax", @progbits
  .globl ashlar_stack_entry
  .type ashlar_stack_entry, @function
  .p2align 4
ashlar_stack_entry:
  .cfi_startproc
  .cfi_undefined rip          /* the unwinder's end of the stack [DWARF-5 §6.4.4] */
  xorl %ebp, %ebp             /* and the backtrace's */
  popq %rax
  popq %rdi
  callq *%rax
  ud2
  .cfi_endproc
  .size ashlar_stack_entry, . - ashlar_stack_entry

  .section .note.GNU-stack, "", @progbits
