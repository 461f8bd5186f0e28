// The memory map of a virtual machine: the loader's table, less what is in use.
// SPDX-License-Identifier: Apache-2.0
#include "libs/memory_map/memory_map.h"

#include <cstddef>
#include <span>

#include "libs/identity_map/ram.h"
#include "libs/memory_map/region_list.h"
#include "platforms/kvm/boot_information.h"
#include "platforms/kvm/machine_information.h"
#include "platforms/pc/memory_ranges.h"

namespace ashlar::memory_map {
namespace {

constinit RegionList free_regions;
constinit std::size_t total_bytes = 0;
constinit bool sorted = false;

void Sort() {
  const kvm::BootInformation& information = kvm::MachineInformation();
  total_bytes = pc::AddRanges(information.memory_ranges(), free_regions);
  for (const pc::MemoryRange& range : information.occupied()) {
    free_regions.Remove(range.base, range.size);
  }
  identity_map::MapRam(free_regions);
  sorted = true;
}

}  // namespace

std::span<const Region> FreeRegions() {
  if (!sorted) {
    Sort();
  }
  return free_regions.regions();
}

std::size_t TotalBytes() {
  if (!sorted) {
    Sort();
  }
  return total_bytes;
}

}  // namespace ashlar::memory_map
