// Free regions, kept sorted in a small array.
// SPDX-License-Identifier: Apache-2.0
#include "libs/memory_map/region_list.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "libs/base/units.h"
#include "libs/memory_map/memory_map.h"

namespace ashlar::memory_map {
namespace {

// No CPU of ours has more address bits, and no sum below wraps round.
constexpr std::uint64_t kEndOfAddresses = std::uint64_t{1} << 52;

constexpr std::uintptr_t End(const Region& region) { return region.base + region.size; }

constexpr std::uint64_t ClampedEnd(std::uint64_t base, std::uint64_t size) {
  return size > kEndOfAddresses - base ? kEndOfAddresses : base + size;
}

}  // namespace

void RegionList::Insert(std::size_t position, Region region) {
  if (count_ == kCapacity) {
    const auto smallest = std::ranges::min_element(regions_, {}, &Region::size);
    if (smallest->size >= region.size) {
      return;
    }
    const auto victim = static_cast<std::size_t>(smallest - regions_.begin());
    Erase(victim);
    position -= victim < position ? 1 : 0;
  }
  std::move_backward(regions_.begin() + position, regions_.begin() + count_,
                     regions_.begin() + count_ + 1);
  regions_[position] = region;
  ++count_;
}

void RegionList::Erase(std::size_t position) {
  std::move(regions_.begin() + position + 1, regions_.begin() + count_,
            regions_.begin() + position);
  --count_;
}

void RegionList::Add(std::uint64_t base, std::uint64_t size) {
  if (base >= kEndOfAddresses) {
    return;
  }
  std::uintptr_t begin = AlignUp(base, kPageSize);
  std::uintptr_t end = AlignDown(ClampedEnd(base, size), kPageSize);
  if (begin >= end) {
    return;
  }
  // Swallow every region that touches the new one.
  std::size_t position = 0;
  while (position < count_ && End(regions_[position]) < begin) {
    ++position;
  }
  while (position < count_ && regions_[position].base <= end) {
    begin = std::min(begin, regions_[position].base);
    end = std::max(end, End(regions_[position]));
    Erase(position);
  }
  Insert(position, {begin, end - begin});
}

void RegionList::Remove(std::uint64_t base, std::uint64_t size) {
  if (base >= kEndOfAddresses || size == 0) {
    return;
  }
  const std::uintptr_t begin = AlignDown(base, kPageSize);
  const std::uintptr_t end = AlignUp(ClampedEnd(base, size), kPageSize);
  for (std::size_t i = count_; i-- > 0;) {
    const Region region = regions_[i];
    if (End(region) <= begin || region.base >= end) {
      continue;
    }
    Erase(i);
    if (End(region) > end) {
      Insert(i, {end, End(region) - end});
    }
    if (region.base < begin) {
      Insert(i, {region.base, begin - region.base});
    }
  }
}

}  // namespace ashlar::memory_map
