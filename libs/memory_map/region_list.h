// Free regions out of what firmware and hypervisors say: overlapping, unsorted, unaligned
// stretches.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/memory_map/memory_map.h"

namespace ashlar::memory_map {

/// Ascending, disjoint regions of whole pages. Add all the RAM first, then take out what is not
/// free. When there are more than kCapacity regions, the smallest ones are forgotten: that memory
/// goes unused.
class RegionList {
 public:
  static constexpr std::size_t kCapacity = 16;

  /// Adds the whole pages in [base, base + size); what lies past the address space is cut off.
  void Add(std::uint64_t base, std::uint64_t size);
  /// Takes out every page that [base, base + size) touches.
  void Remove(std::uint64_t base, std::uint64_t size);

  std::span<const Region> regions() const { return std::span(regions_).first(count_); }

 private:
  void Insert(std::size_t position, Region region);
  void Erase(std::size_t position);

  std::array<Region, kCapacity> regions_{};
  std::size_t count_ = 0;
};

}  // namespace ashlar::memory_map
