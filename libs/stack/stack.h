// Stacks: memory a thread runs on, with an unmapped page below so that an overflow stops with a
// report (a fault right below the stack pointer, so the machines' fault reports need no list of
// stacks to name it).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "libs/base/result.h"

namespace ashlar::stack {

/// A stack: `memory` is usable, the page below it is a guard.
struct Stack {
  std::span<std::byte> memory;
};

/// At least `size` bytes, rounded up to pages. kOutOfMemory, kInvalidArgument (zero).
Result<Stack> Allocate(std::size_t size);
/// Gives it back as Allocate returned it, guard and all. Nobody may be running on it.
void Free(Stack stack);

}  // namespace ashlar::stack
