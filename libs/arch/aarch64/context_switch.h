// Switching between stacks: what a thread is made of below the scheduler.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace ashlar::aarch64 {

/// Stores the running stack's pointer to `saved` and goes on where the stack of `next` was left.
/// Returns when somebody switches back.
///
/// Inline, and all registers but X29 and SP count as overwritten: so the function around it saves
/// what it needs itself, and nothing is saved twice. What it leaves on the stack, from the stack
/// pointer up, is struct Resting (context_switch.cc); a call preserves the rounding mode and its
/// like too [AAPCS64 §6.1.2]. Writing FPCR may drain the pipeline, so it is written only if the
/// threads' differ.
[[gnu::always_inline]] inline void SwitchStack(void** saved, void* next) {
  register void** saved_register asm("x0") = saved;
  register void* next_register asm("x1") = next;
  asm volatile(
      "adr x2, 1f\n\t"
      "mrs x3, fpcr\n\t"
      "stp x29, x2, [sp, #-32]!\n\t"
      "str x3, [sp, #16]\n\t"
      "mov x4, sp\n\t"
      "str x4, [x0]\n\t"
      "mov sp, x1\n\t"
      "ldr x4, [sp, #16]\n\t"
      "cmp x3, x4\n\t"
      "b.eq 2f\n\t"
      "msr fpcr, x4\n"
      "2:\n\t"
      "ldp x29, x2, [sp], #32\n\t"
      "br x2\n"
      "1:"
      : "+r"(saved_register), "+r"(next_register)
      :
      : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
        "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28",
        "x30", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12",
        "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25",
        "v26", "v27", "v28", "v29", "v30", "v31", "cc", "memory");
}

/// Prepares `stack` so that the first switch to the returned stack pointer calls `entry(argument)`,
/// with the calling thread's floating-point modes. `entry` must not return. Backtraces and
/// unwinding end there.
void* PrepareStack(std::span<std::byte> stack, void (*entry)(void*), void* argument);

}  // namespace ashlar::aarch64
