// The memory map of a virtual machine, and the mapping of its RAM: the loader's table, less what is
// in use.
// SPDX-License-Identifier: Apache-2.0
#include "libs/memory_map/memory_map.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/units.h"
#include "libs/memory_map/region_list.h"
#include "libs/page_map/page_map.h"
#include "libs/page_map/page_tables_x86_64.h"
#include "platforms/kvm/boot_information.h"
#include "platforms/kvm/machine_information.h"
#include "platforms/kvm/physical_memory.h"

extern "C" {
extern const std::byte __image_start;
extern const std::byte __image_end;
}

namespace ashlar::memory_map {
namespace {

constinit RegionList free_regions;
constinit std::size_t total_bytes = 0;
constinit bool sorted = false;

// Where page tables for RAM come from: the end of a region that is mapped already.
constinit Region table_region = {};

std::byte* CarveTable() {
  if (table_region.size < kPageSize) {
    return nullptr;
  }
  table_region.size -= kPageSize;
  return reinterpret_cast<std::byte*>(table_region.base + table_region.size);
}

// 2 MiB pages all round: what a page's end holds besides RAM, the firmware's tables, may be read as
// well. Where the image lies, RAM is mapped page by page.
void MapRegion(page_map::PageTables& tables, std::uintptr_t begin, std::uintptr_t end) {
  constexpr std::size_t kLargePage = 2 * kMiB;
  const std::uintptr_t image_tables_end =
      AlignUp(reinterpret_cast<std::uintptr_t>(&__image_end), kLargePage);
  if (end > image_tables_end) {
    begin = begin < image_tables_end ? begin : AlignDown(begin, kLargePage);
    end = AlignUp(end, kLargePage);
  }
  // If tables run out, what lies beyond is not mapped, and must not be handed out.
  if (!tables.Map({.virtual_address = begin,
                   .physical_address = begin,
                   .size = end - begin,
                   .access = page_map::Access::kReadWrite})) {
    free_regions.Remove(begin, end - begin);
  }
}

void Sort() {
  const kvm::BootInformation& information = kvm::MachineInformation();
  const kvm::MemoryRanges ranges = information.memory_ranges();
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const kvm::MemoryRange range = ranges[i];
    if (range.usable) {
      total_bytes += range.size;
      free_regions.Add(range.base, range.size);
    }
  }
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const kvm::MemoryRange range = ranges[i];
    if (!range.usable) {
      free_regions.Remove(range.base, range.size);
    }
  }
  for (const kvm::MemoryRange& range : information.occupied()) {
    free_regions.Remove(range.base, range.size);
  }
  const auto image = reinterpret_cast<std::uintptr_t>(&__image_start);
  free_regions.Remove(image, reinterpret_cast<std::uintptr_t>(&__image_end) - image);
  free_regions.Remove(0, kPageSize);
  constexpr std::uint64_t kEndOfUserHalf = std::uint64_t{1} << 47;
  free_regions.Remove(kEndOfUserHalf, ~std::uint64_t{0});

  page_map::PageTables tables = kvm::Tables(CarveTable);
  const RegionList to_map = free_regions;
  for (const Region& region : to_map.regions()) {
    MapRegion(tables, region.base, region.base + region.size);
    if (table_region.size == 0 && region.size >= 256 * kKiB) {
      // The first GiB's directory is the image's own, so the first such region needs no table to be
      // mapped.
      table_region = region;
      free_regions.Remove(region.base, region.size);
    }
  }
  free_regions.Add(table_region.base, table_region.size);
  kvm::ForgetTranslations();
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
