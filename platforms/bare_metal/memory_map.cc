// The memory map of a PC: the boot loader's, less what is in use.
// SPDX-License-Identifier: Apache-2.0
#include "libs/memory_map/memory_map.h"

#include <cstddef>
#include <span>

#include "libs/base/check.h"
#include "libs/base/units.h"
#include "libs/identity_map/ram.h"
#include "libs/memory_map/lazy_map.h"
#include "libs/memory_map/region_list.h"
#include "platforms/bare_metal/boot_information.h"
#include "platforms/bare_metal/machine_information.h"
#include "platforms/pc/memory_ranges.h"

namespace ashlar::memory_map {
namespace {

std::size_t Make(RegionList& free_regions) {
  const bare_metal::BootInformation& information = bare_metal::MachineInformation();
  const pc::MemoryRanges ranges = information.memory_ranges();
  if (ranges.size() == 0) {
    Panic("the boot loader passed no memory map");
  }
  const std::size_t total_bytes = pc::AddRanges(ranges, free_regions);
  for (const pc::MemoryRange& range : information.occupied()) {
    free_regions.Remove(range.base, range.size);
  }
  // Firmware writes below 1 MiB while it serves, whatever it says [Linux, ebda.c].
  free_regions.Remove(0, kMiB);
  identity_map::MapRam(free_regions, identity_map::Rounding::kExact);
  return total_bytes;
}

constinit LazyMap map(Make);

}  // namespace

std::span<const Region> FreeRegions() { return map.free_regions(); }

std::size_t TotalBytes() { return map.total_bytes(); }

}  // namespace ashlar::memory_map
