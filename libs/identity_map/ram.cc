// Maps free regions, with page tables carved from the end of one that is mapped already.
// SPDX-License-Identifier: Apache-2.0
#include "libs/identity_map/ram.h"

#include <cstddef>
#include <cstdint>

#include "libs/base/units.h"
#include "libs/identity_map/identity_map.h"
#include "libs/memory_map/memory_map.h"
#include "libs/memory_map/region_list.h"
#include "libs/page_map/page_map.h"
#include "libs/page_map/page_tables.h"

extern "C" {
extern const std::byte __image_start;
extern const std::byte __image_end;
}

namespace ashlar::identity_map {
namespace {

using memory_map::Region;
using memory_map::RegionList;

// Where page tables for RAM come from: the end of a region that is mapped already.
constinit Region table_region = {};

std::byte* CarveTable() {
  if (table_region.size < kPageSize) {
    return AllocateSpareTable();
  }
  table_region.size -= kPageSize;
  return reinterpret_cast<std::byte*>(table_region.base + table_region.size);
}

// 2 MiB pages all round, unless exact: what a page's end holds besides RAM, the firmware's tables,
// may be read as well. Where the image lies, RAM is mapped page by page. False if tables run out:
// what lies beyond is not mapped, and must not be handed out.
bool MapRegion(page_map::PageTables& tables, const Region& region, Rounding rounding) {
  constexpr std::size_t kLargePage = 2 * kMiB;
  std::uintptr_t begin = region.base;
  std::uintptr_t end = region.base + region.size;
  const std::uintptr_t image_tables_end =
      AlignUp(reinterpret_cast<std::uintptr_t>(&__image_end), kLargePage);
  if (rounding == Rounding::kLargePages && end > image_tables_end) {
    begin = begin < image_tables_end ? begin : AlignDown(begin, kLargePage);
    end = AlignUp(end, kLargePage);
  }
  return tables
      .Map({.virtual_address = begin,
            .physical_address = begin,
            .size = end - begin,
            .access = page_map::Access::kReadWrite})
      .has_value();
}

}  // namespace

void MapRam(RegionList& free, Rounding rounding) {
  const auto image = reinterpret_cast<std::uintptr_t>(&__image_start);
  free.Remove(image, reinterpret_cast<std::uintptr_t>(&__image_end) - image);
  free.Remove(0, kPageSize);
  constexpr std::uint64_t kEndOfUserHalf = std::uint64_t{1} << 47;
  free.Remove(kEndOfUserHalf, ~std::uint64_t{0});

  page_map::PageTables tables = Tables(CarveTable);
  const RegionList to_map = free;
  for (const Region& region : to_map.regions()) {
    if (!MapRegion(tables, region, rounding)) {
      free.Remove(region.base, region.size);
    } else if (table_region.size == 0 && region.size >= 256 * kKiB) {
      // The first GiB's directory is the image's own, so the first such region needs no table to be
      // mapped, or, where it ends inside 2 MiB, a spare one.
      table_region = region;
      free.Remove(region.base, region.size);
    }
  }
  free.Add(table_region.base, table_region.size);
  ForgetTranslations();
}

}  // namespace ashlar::identity_map
