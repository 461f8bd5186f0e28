// The heap: memory of any size, for malloc, operator new and whoever needs it.
//
// A facade: an image chooses its allocator with libs = {"//libs/heap:backend": ...}; README.md
// lists them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace ashlar::heap {

/// What every block is aligned to at least.
inline constexpr std::size_t kAlignment = 16;

/// `size` bytes (zero gives a unique block), or nullptr if there is no memory. Never blocks, never
/// panics on exhaustion. Not in interrupt context.
void* Allocate(std::size_t size);
/// The same, aligned to `alignment`, a power of two.
void* AllocateAligned(std::size_t size, std::size_t alignment);
/// Changes a block's size, moving it if need be; nullptr leaves the block as it was. nullptr in:
/// Allocate.
void* Reallocate(void* block, std::size_t size);
/// Gives a block back. nullptr is fine. A pointer that is no block panics where the allocator can
/// tell.
void Free(void* block);
/// How many bytes of `block` may be used.
std::size_t UsableSize(const void* block);

struct Statistics {
  std::size_t reserved_bytes;  ///< taken from the page allocator
  std::size_t used_bytes;      ///< of these, in blocks handed out (as well as the allocator knows)
};
Statistics Measure();

}  // namespace ashlar::heap
