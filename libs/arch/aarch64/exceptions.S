// What the CPU enters on an exception: the vector table, and the frame that a report reads.
//
// Threads run at EL1 with SP_EL0 as their stack pointer; an exception switches to SP_EL1, which is the exceptions' own
// stack: whoever faults may have no stack left. No report returns. Interrupts are masked always (libs/arch/aarch64/cpu.h),
// so one that arrives here is as wrong as any. System errors are masked in a report alone, as all else is.
// SPDX-License-Identifier: Apache-2.0

.set kFrameSize, 304  // sizeof(ExceptionFrame)

.section .text.exceptions, "ax", @progbits

// The vector table: 16 entries of 128 bytes: from EL1 on SP_EL0, from EL1 on SP_EL1 (a fault in a report), and two groups
// that never happen, from EL0 [ARM D1.3.1.5]. In: EL1 on SP_EL1, all registers the interrupted code's.
.balign 2048
.globl ashlar_exception_vectors
.hidden ashlar_exception_vectors
.type ashlar_exception_vectors, @object
ashlar_exception_vectors:
  .set vector, 0
  .rept 16
    .balign 128
    sub sp, sp, #kFrameSize
    stp x0, x1, [sp]
    mov x0, #vector
    b common
    .set vector, vector + 1
  .endr
.size ashlar_exception_vectors, . - ashlar_exception_vectors

// In: room for an ashlar::aarch64::ExceptionFrame on the stack with X0 and X1 in it; X0 = the vector. Completes it and
// hands it to ashlar_exception(). Never returns, so nothing is kept.
.balign 64
common:
  stp x2, x3, [sp, #16]
  stp x4, x5, [sp, #32]
  stp x6, x7, [sp, #48]
  stp x8, x9, [sp, #64]
  stp x10, x11, [sp, #80]
  stp x12, x13, [sp, #96]
  stp x14, x15, [sp, #112]
  stp x16, x17, [sp, #128]
  stp x18, x19, [sp, #144]
  stp x20, x21, [sp, #160]
  stp x22, x23, [sp, #176]
  stp x24, x25, [sp, #192]
  stp x26, x27, [sp, #208]
  stp x28, x29, [sp, #224]
  mrs x1, sp_el0
  stp x30, x1, [sp, #240]
  mrs x1, elr_el1
  mrs x2, spsr_el1
  stp x1, x2, [sp, #256]
  mrs x1, esr_el1
  mrs x2, far_el1
  stp x1, x2, [sp, #272]
  stp x0, xzr, [sp, #288]
  mov x0, sp
  mov x29, xzr
  bl ashlar_exception
  udf #0
