// A memory map that is made at the first question: what the machines' backends have in common.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "libs/memory_map/memory_map.h"
#include "libs/memory_map/region_list.h"

namespace ashlar::memory_map {

/// One of them, static, behind FreeRegions() and TotalBytes().
class LazyMap {
 public:
  /// Adds what is free and mapped to `free_regions`; returns all the RAM there is, in bytes.
  using Make = std::size_t(RegionList& free_regions);

  constexpr explicit LazyMap(Make& make) : make_(make) {}

  std::span<const Region> free_regions() {
    MakeOnce();
    return free_regions_.regions();
  }
  std::size_t total_bytes() {
    MakeOnce();
    return total_bytes_;
  }

 private:
  void MakeOnce() {
    if (!made_) {
      made_ = true;
      total_bytes_ = make_(free_regions_);
    }
  }

  Make& make_;
  RegionList free_regions_;
  std::size_t total_bytes_ = 0;
  bool made_ = false;
};

}  // namespace ashlar::memory_map
