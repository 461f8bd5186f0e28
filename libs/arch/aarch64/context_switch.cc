// Makes a stack look as if it had been switched away from.
// SPDX-License-Identifier: Apache-2.0
#include "libs/arch/aarch64/context_switch.h"

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "libs/base/units.h"

namespace ashlar::aarch64 {
namespace {

extern "C" void ashlar_stack_entry();

// What SwitchStack leaves on a stack, from its stack pointer up.
struct Resting {
  std::uintptr_t frame_pointer;
  std::uintptr_t resume;
  std::uint64_t fpcr;
  std::uint64_t unused;
};
static_assert(sizeof(Resting) == 32);
static_assert(offsetof(Resting, resume) == 8);
static_assert(offsetof(Resting, fpcr) == 16);

// What ashlar_stack_entry finds above it.
struct Call {
  void (*entry)(void*);
  void* argument;
};

struct alignas(16) NewStack {
  Resting resting;
  Call call;
};
static_assert(sizeof(NewStack) == 48);

}  // namespace

void* PrepareStack(std::span<std::byte> stack, void (*entry)(void*), void* argument) {
  const std::uintptr_t top =
      AlignDown(reinterpret_cast<std::uintptr_t>(stack.data() + stack.size()), alignof(NewStack));
  std::uint64_t fpcr;
  asm volatile("mrs %0, fpcr" : "=r"(fpcr));
  return ::new (reinterpret_cast<void*>(top - sizeof(NewStack)))
      NewStack{.resting = {.frame_pointer = 0,
                           .resume = reinterpret_cast<std::uintptr_t>(&ashlar_stack_entry),
                           .fpcr = fpcr,
                           .unused = 0},
               .call = {.entry = entry, .argument = argument}};
}

}  // namespace ashlar::aarch64
