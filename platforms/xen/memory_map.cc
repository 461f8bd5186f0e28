// The memory map of a Xen domain, and the mapping of its RAM.
//
// A PVH domain's is the machine's, as Xen tells it; a PV domain has so many pages, from zero on, of
// which the domain builder mapped the first.
// SPDX-License-Identifier: Apache-2.0
#include "libs/memory_map/memory_map.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/identity_map/ram.h"
#include "libs/memory_map/lazy_map.h"
#include "libs/memory_map/region_list.h"
#include "libs/xen/abi.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/map_pv_ram.h"
#include "platforms/xen/start.h"
#include "platforms/xen/start_information.h"

extern "C" {
extern const std::byte __image_start;
extern const std::byte __page_tables;
extern const std::byte __pvh_start;
}

namespace ashlar::memory_map {
namespace {

std::size_t MakePv(RegionList& free_regions) {
  const xen::PvStartInformation information = xen::PvStart();
  const std::uintptr_t end = information.page_count() * kPageSize;
  const auto image = reinterpret_cast<std::uintptr_t>(&__image_start);
  free_regions.Add(kPageSize, image - kPageSize);
  // What only a PVH domain needs of the image, up to the tables (protect_image.cc).
  const auto unused = reinterpret_cast<std::uintptr_t>(&__pvh_start);
  free_regions.Add(unused, reinterpret_cast<std::uintptr_t>(&__page_tables) - unused);
  const std::uintptr_t begin = information.end_of_bootstrap();
  const xen::MappedPvRam mapped = xen::MapPvRam(information);
  free_regions.Add(begin, mapped.end - begin);
  free_regions.Remove(begin, mapped.tables_end - begin);
  return end;
}

std::size_t MakePvh(RegionList& free_regions) {
  // More entries than any machine's firmware makes.
  std::array<xen::MemoryMapEntry, 64> entries;
  const Result<std::size_t> count = xen::ReadMemoryMap(entries);
  if (!count) {
    Panic("Xen gave this domain no memory map");
  }
  const std::span<const xen::MemoryMapEntry> told = std::span(entries).first(*count);
  std::size_t total_bytes = 0;
  for (const xen::MemoryMapEntry& entry : told) {
    if (entry.type == xen::MemoryMapEntry::kRam) {
      total_bytes += entry.size;
      free_regions.Add(entry.base, entry.size);
    }
  }
  for (const xen::MemoryMapEntry& entry : told) {
    if (entry.type != xen::MemoryMapEntry::kRam) {
      free_regions.Remove(entry.base, entry.size);
    }
  }
  for (const Region& region : xen::PvhStart().occupied()) {
    free_regions.Remove(region.base, region.size);
  }
  identity_map::MapRam(free_regions);
  return total_bytes;
}

std::size_t Make(RegionList& free_regions) {
  return xen::IsPv() ? MakePv(free_regions) : MakePvh(free_regions);
}

constinit LazyMap map(Make);

}  // namespace

std::span<const Region> FreeRegions() { return map.free_regions(); }

std::size_t TotalBytes() { return map.total_bytes(); }

}  // namespace ashlar::memory_map
