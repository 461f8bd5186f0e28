// Switching between stacks: what a thread is made of below the scheduler.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace ashlar::x86_64 {

/// Puts what the ABI wants preserved on the running stack, stores its stack pointer to `saved`, and goes on where
/// the stack of `next` was left. Returns when somebody switches back. 21 instructions.
extern "C" void ashlar_switch_stack(void** saved, void* next);

/// Prepares `stack` so that the first switch to the returned stack pointer calls `entry(argument)`, with the calling
/// thread's floating-point modes. `entry` must not return. Backtraces and unwinding end there.
void* PrepareStack(std::span<std::byte> stack, void (*entry)(void*), void* argument);

}  // namespace ashlar::x86_64
