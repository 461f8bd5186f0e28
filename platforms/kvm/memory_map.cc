// The memory map of a virtual machine: the loader's table, less what is in use.
// SPDX-License-Identifier: Apache-2.0
#include "libs/memory_map/memory_map.h"

#include <cstddef>
#include <span>

#include "libs/identity_map/ram.h"
#include "libs/memory_map/lazy_map.h"
#include "libs/memory_map/region_list.h"
#include "platforms/kvm/boot_information.h"
#include "platforms/kvm/machine_information.h"
#include "platforms/pc/memory_ranges.h"

namespace ashlar::memory_map {
namespace {

std::size_t Make(RegionList& free_regions) {
  const kvm::BootInformation& information = kvm::MachineInformation();
  const std::size_t total_bytes = pc::AddRanges(information.memory_ranges(), free_regions);
  for (const pc::MemoryRange& range : information.occupied()) {
    free_regions.Remove(range.base, range.size);
  }
  identity_map::MapRam(free_regions);
  return total_bytes;
}

constinit LazyMap map(Make);

}  // namespace

std::span<const Region> FreeRegions() { return map.free_regions(); }

std::size_t TotalBytes() { return map.total_bytes(); }

}  // namespace ashlar::memory_map
