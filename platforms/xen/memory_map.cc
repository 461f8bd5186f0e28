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

constinit RegionList free_regions;
constinit std::size_t total_bytes = 0;
constinit bool sorted = false;

void SortPv() {
  const xen::PvStartInformation information = xen::PvStart();
  const std::uintptr_t end = information.page_count() * kPageSize;
  total_bytes = end;
  const auto image = reinterpret_cast<std::uintptr_t>(&__image_start);
  free_regions.Add(kPageSize, image - kPageSize);
  // What only a PVH domain needs of the image, up to the tables (protect_image.cc).
  const auto unused = reinterpret_cast<std::uintptr_t>(&__pvh_start);
  free_regions.Add(unused, reinterpret_cast<std::uintptr_t>(&__page_tables) - unused);
  const std::uintptr_t begin = information.end_of_bootstrap();
  const xen::MappedPvRam mapped = xen::MapPvRam(information);
  free_regions.Add(begin, mapped.end - begin);
  free_regions.Remove(begin, mapped.tables_end - begin);
}

void SortPvh() {
  // More entries than any machine's firmware makes.
  std::array<xen::MemoryMapEntry, 64> entries;
  const Result<std::size_t> count = xen::ReadMemoryMap(entries);
  if (!count) {
    Panic("Xen gave this domain no memory map");
  }
  const std::span<const xen::MemoryMapEntry> map = std::span(entries).first(*count);
  for (const xen::MemoryMapEntry& entry : map) {
    if (entry.type == xen::MemoryMapEntry::kRam) {
      total_bytes += entry.size;
      free_regions.Add(entry.base, entry.size);
    }
  }
  for (const xen::MemoryMapEntry& entry : map) {
    if (entry.type != xen::MemoryMapEntry::kRam) {
      free_regions.Remove(entry.base, entry.size);
    }
  }
  for (const Region& region : xen::PvhStart().occupied()) {
    free_regions.Remove(region.base, region.size);
  }
  identity_map::MapRam(free_regions);
}

void Sort() {
  if (xen::IsPv()) {
    SortPv();
  } else {
    SortPvh();
  }
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
