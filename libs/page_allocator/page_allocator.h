// The page allocator: memory in whole pages, for heaps, stacks and device rings.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"

namespace ashlar::page_allocator {

/// `size` bytes, rounded up to whole pages, physically contiguous, aligned to `alignment` (a power
/// of two, at least kPageSize). Contents are whatever was there. kOutOfMemory: no stretch that long
/// is free; kInvalidArgument: size zero or a bad alignment. Not in interrupt context.
Result<std::span<std::byte>> Allocate(std::size_t size, std::size_t alignment = kPageSize);

/// Gives back what Allocate returned, whole or any page-aligned part of it. Freeing what is free
/// panics.
void Free(std::span<std::byte> pages);

struct Statistics {
  std::size_t total_bytes;         ///< managed
  std::size_t free_bytes;          ///< of these, free now
  std::size_t largest_free_bytes;  ///< longest free stretch
};
Statistics Measure();

}  // namespace ashlar::page_allocator
