// The memory map: which stretches of RAM are free for the page allocator when the image starts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ashlar::memory_map {

/// A stretch of usable RAM: page-aligned, not part of the image, its page tables or what the loader
/// left. Mapped readable and writable at its physical address (linuxu: at an address of the
/// process).
struct Region {
  std::uintptr_t base;  ///< first byte; multiple of kPageSize
  std::size_t size;     ///< bytes; multiple of kPageSize, never zero
};

/// The free regions, ascending and disjoint, the same on every call. At most 16. Empty on a machine
/// without free memory. Any context after boot; the first call may have to sort what the loader
/// passed.
std::span<const Region> FreeRegions();

/// Bytes of RAM the machine has in all, the image included: for reports.
std::size_t TotalBytes();

}  // namespace ashlar::memory_map
