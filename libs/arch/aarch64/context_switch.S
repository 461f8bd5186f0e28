/* The first code of a new stack, which SwitchStack() enters (context_switch.h).
 *
 * In: at the stack pointer, which is aligned to 16, the function to call and its argument.
 * Out: never. Clobbers: everything. Mode: AArch64, any exception level.
 * SPDX-License-Identifier: Apache-2.0 */
  .section .text.ashlar_stack_entry, "ax", @progbits
  .globl ashlar_stack_entry
  .type ashlar_stack_entry, @function
  .p2align 4
ashlar_stack_entry:
  .cfi_startproc
  .cfi_undefined x30          /* the unwinder's end of the stack [DWARF-5 §6.4.4] */
  mov x29, xzr                /* and the backtrace's */
  ldp x8, x0, [sp], #16
  blr x8
  brk #0
  .cfi_endproc
  .size ashlar_stack_entry, . - ashlar_stack_entry

  .section .note.GNU-stack, "", @progbits
