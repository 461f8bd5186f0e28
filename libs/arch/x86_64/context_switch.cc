// Makes a stack look as if it had been switched away from.
// SPDX-License-Identifier: Apache-2.0
#include "libs/arch/x86_64/context_switch.h"

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "libs/base/units.h"

namespace ashlar::x86_64 {
namespace {

extern "C" void ashlar_stack_entry();

// A resting stack, from its stack pointer up (context_switch.S).
struct Resting {
  std::uint32_t mxcsr;
  std::uint16_t x87_control;
  std::uint16_t unused;
  std::uint64_t r15, r14, r13, r12, rbx, rbp;
  std::uint64_t resume;
};
static_assert(sizeof(Resting) == 64);
static_assert(offsetof(Resting, x87_control) == 4);
static_assert(offsetof(Resting, r15) == 8);
static_assert(offsetof(Resting, resume) == 56);

}  // namespace

void* PrepareStack(std::span<std::byte> stack, void (*entry)(void*), void* argument) {
  const std::uintptr_t top = AlignDown(reinterpret_cast<std::uintptr_t>(stack.data() + stack.size()), 16);
  // Once `resume` is popped the stack pointer is `top`, as aligned as before a call.
  auto* resting = ::new (reinterpret_cast<void*>(top - sizeof(Resting))) Resting{};
  asm volatile("stmxcsr %0; fnstcw %1" : "=m"(resting->mxcsr), "=m"(resting->x87_control));
  resting->r12 = reinterpret_cast<std::uintptr_t>(entry);
  resting->r13 = reinterpret_cast<std::uintptr_t>(argument);
  resting->resume = reinterpret_cast<std::uintptr_t>(&ashlar_stack_entry);
  return resting;
}

}  // namespace ashlar::x86_64
