// Switching between stacks: what a thread is made of below the scheduler.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace ashlar::x86_64 {

/// Stores the running stack's pointer to `saved` and goes on where the stack of `next` was left.
/// Returns when somebody switches back.
///
/// Inline, and all registers but RBP and RSP count as overwritten: so the function around it saves
/// what it needs itself, and nothing is saved twice. What it leaves on the stack, from the stack
/// pointer up, is struct Resting (context_switch.cc); a call preserves the floating-point modes too
/// [SysV-ABI §3.2.1]. It pushes without the compiler's knowledge: not for functions that call
/// nothing else, whose variables may lie below the stack pointer.
[[gnu::always_inline]] inline void SwitchStack(void** saved, void* next) {
  asm volatile(
      "pushq %%rbp\n\t"
      "pushq $1f\n\t"
      "subq $8, %%rsp\n\t"
      "stmxcsr (%%rsp)\n\t"
      "fnstcw 4(%%rsp)\n\t"
      "movq %%rsp, (%0)\n\t"
      "movq %1, %%rsp\n\t"
      "ldmxcsr (%%rsp)\n\t"
      "fldcw 4(%%rsp)\n\t"
      "addq $8, %%rsp\n\t"
      "ret\n"
      "1:\n\t"
      "popq %%rbp"
      : "+D"(saved), "+S"(next)
      :
      : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0",
        "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
        "xmm12", "xmm13", "xmm14", "xmm15", "cc", "memory");
}

/// Prepares `stack` so that the first switch to the returned stack pointer calls `entry(argument)`,
/// with the calling thread's floating-point modes. `entry` must not return. Backtraces and
/// unwinding end there.
void* PrepareStack(std::span<std::byte> stack, void (*entry)(void*), void* argument);

}  // namespace ashlar::x86_64
