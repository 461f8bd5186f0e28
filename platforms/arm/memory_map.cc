// The memory map: what the device tree calls memory, less what somebody has.
// SPDX-License-Identifier: Apache-2.0
#include "libs/memory_map/memory_map.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/check.h"
#include "libs/device_tree/device_tree.h"
#include "libs/device_tree/machine.h"
#include "libs/identity_map/ram.h"
#include "libs/memory_map/lazy_map.h"
#include "libs/memory_map/region_list.h"
#include "platforms/arm/machine_tree.h"

namespace ashlar::memory_map {
namespace {

std::size_t Make(RegionList& free_regions) {
  const device_tree::Tree tree = arm::MachineTree();
  std::size_t total_bytes = 0;
  device_tree::VisitMemory(tree, [&](device_tree::Range range) {
    total_bytes += range.size;
    free_regions.Add(range.base, range.size);
  });
  if (total_bytes == 0) {
    Panic("the device tree names no memory");
  }
  device_tree::VisitReserved(
      tree, [&](device_tree::Range range) { free_regions.Remove(range.base, range.size); });
  free_regions.Remove(reinterpret_cast<std::uintptr_t>(tree.bytes().data()), tree.bytes().size());
  identity_map::MapRam(free_regions, identity_map::Rounding::kExact);
  return total_bytes;
}

constinit LazyMap map(Make);

}  // namespace

std::span<const Region> FreeRegions() { return map.free_regions(); }

std::size_t TotalBytes() { return map.total_bytes(); }

}  // namespace ashlar::memory_map
