// The image's page allocator: one extent tree over the memory map's free regions, planted at first
// use.
// SPDX-License-Identifier: Apache-2.0
#include "libs/page_allocator/page_allocator.h"

#include <bit>
#include <cstddef>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/memory_map/memory_map.h"
#include "libs/page_allocator/extent_tree.h"

namespace ashlar::page_allocator {
namespace {

constinit ExtentTree tree;
constinit std::size_t total_bytes = 0;
constinit bool started = false;

[[gnu::noinline]] void Start() {
  started = true;
  for (const memory_map::Region& region : memory_map::FreeRegions()) {
    tree.Give(reinterpret_cast<std::byte*>(region.base), region.size);
    total_bytes += region.size;
  }
}

ExtentTree& Tree() {
  if (!started) [[unlikely]] {
    Start();
  }
  return tree;
}

}  // namespace

Result<std::span<std::byte>> Allocate(std::size_t size, std::size_t alignment) {
  if (size == 0 || !std::has_single_bit(alignment) || alignment < kPageSize) {
    return std::unexpected(Error::kInvalidArgument);
  }
  const std::size_t rounded = AlignUp(size, kPageSize);
  // Rounding wraps round to zero for sizes that no machine has.
  std::byte* pages = rounded == 0 ? nullptr : Tree().Take(rounded, alignment);
  if (pages == nullptr) {
    return std::unexpected(Error::kOutOfMemory);
  }
  return std::span(pages, rounded);
}

void Free(std::span<std::byte> pages) { Tree().Give(pages.data(), pages.size()); }

Statistics Measure() {
  const ExtentTree& free = Tree();
  return {.total_bytes = total_bytes,
          .free_bytes = free.free_bytes(),
          .largest_free_bytes = free.largest_extent()};
}

}  // namespace ashlar::page_allocator
