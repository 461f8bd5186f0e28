// Stacks: memory a thread runs on, with an unmapped page below so that an overflow stops with a report.
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
/// Gives it back, guard and all. Nobody may be running on it.
void Free(Stack stack);

/// Whether `address` lies in a guard page of a live stack: the fault reporter asks. Any context.
bool IsGuard(const void* address);

}  // namespace ashlar::stack
