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

// What SwitchStack leaves on a stack, from its stack pointer up.
struct Resting {
  std::uint32_t mxcsr;
  std::uint16_t x87_control;
  std::uint16_t unused;
  std::uintptr_t resume;
};
static_assert(sizeof(Resting) == 16);
static_assert(offsetof(Resting, x87_control) == 4);
static_assert(offsetof(Resting, resume) == 8);

// What ashlar_stack_entry finds above it.
struct Call {
  void (*entry)(void*);
  void* argument;
};

struct alignas(16) NewStack {
  Resting resting;
  Call call;
};
static_assert(sizeof(NewStack) == 32);

}  // namespace

void* PrepareStack(std::span<std::byte> stack, void (*entry)(void*), void* argument) {
  const std::uintptr_t top =
      AlignDown(reinterpret_cast<std::uintptr_t>(stack.data() + stack.size()), alignof(NewStack));
  auto* first = ::new (reinterpret_cast<void*>(top - sizeof(NewStack)))
      NewStack{.resting = {.mxcsr = 0,
                           .x87_control = 0,
                           .unused = 0,
                           .resume = reinterpret_cast<std::uintptr_t>(&ashlar_stack_entry)},
               .call = {.entry = entry, .argument = argument}};
  asm volatile("stmxcsr %0; fnstcw %1"
               : "=m"(first->resting.mxcsr), "=m"(first->resting.x87_control));
  return first;
}

}  // namespace ashlar::x86_64
