// Reads the table's entries, which may be longer than what is known of them.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/pc/memory_ranges.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/foreign_bytes.h"
#include "libs/memory_map/region_list.h"

namespace ashlar::pc {
namespace {

constexpr std::size_t kSize = 8;
constexpr std::size_t kType = 16;
constexpr std::uint32_t kTypeRam = 1;

}  // namespace

MemoryRange MemoryRanges::operator[](std::size_t i) const {
  const std::span<const std::byte> entry = table_.subspan(i * stride_, kEntryBytes);
  return {
      .base = LoadInside<std::uint64_t>(entry, 0),
      .size = LoadInside<std::uint64_t>(entry, kSize),
      .usable = LoadInside<std::uint32_t>(entry, kType) == kTypeRam,
  };
}

std::size_t AddRanges(const MemoryRanges& ranges, memory_map::RegionList& free) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const MemoryRange range = ranges[i];
    if (range.usable) {
      bytes += range.size;
      free.Add(range.base, range.size);
    }
  }
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const MemoryRange range = ranges[i];
    if (!range.usable) {
      free.Remove(range.base, range.size);
    }
  }
  return bytes;
}

}  // namespace ashlar::pc
