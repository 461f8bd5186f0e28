// Regions that touch, overlap and wrap, as firmware gives them.
// SPDX-License-Identifier: Apache-2.0
#include "libs/memory_map/region_list.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/units.h"

namespace ashlar::memory_map {
namespace {

using Pairs = std::vector<std::pair<std::uintptr_t, std::size_t>>;

Pairs Of(const RegionList& list) {
  Pairs pairs;
  for (const Region& region : list.regions()) {
    pairs.emplace_back(region.base, region.size);
  }
  return pairs;
}

TEST(RegionListTest, SortsAndMergesWhatTouches) {
  RegionList list;
  list.Add(0x10000, 0x1000);
  list.Add(0x2000, 0x1000);
  list.Add(0x3000, 0x1000);
  list.Add(0x2000, 0x800);
  EXPECT_EQ(Of(list), (Pairs{{0x2000, 0x2000}, {0x10000, 0x1000}}));
  list.Add(0x1000, 0x20000);
  EXPECT_EQ(Of(list), (Pairs{{0x1000, 0x20000}}));
}

TEST(RegionListTest, AddRoundsInwardsAndRemoveOutwards) {
  RegionList list;
  list.Add(0x1001, 0x8fff);
  EXPECT_EQ(Of(list), (Pairs{{0x2000, 0x8000}}));
  list.Remove(0x4fff, 2);
  EXPECT_EQ(Of(list), (Pairs{{0x2000, 0x2000}, {0x6000, 0x4000}}));
  list.Add(0x20001, 0xfff);
  EXPECT_EQ(list.regions().size(), 2U);
}

TEST(RegionListTest, RemoveCutsBothEndsAndWholeRegions) {
  RegionList list;
  list.Add(0x1000, 0x3000);
  list.Add(0x6000, 0x1000);
  list.Add(0x8000, 0x3000);
  list.Remove(0x3000, 0x6000);
  EXPECT_EQ(Of(list), (Pairs{{0x1000, 0x2000}, {0x9000, 0x2000}}));
  list.Remove(0, 0x1000);
  list.Remove(0x1000, 0);
  EXPECT_EQ(list.regions().size(), 2U);
}

TEST(RegionListTest, NumbersThatWrapAreCutOff) {
  RegionList list;
  list.Add(0x1000, ~std::uint64_t{0});
  ASSERT_EQ(list.regions().size(), 1U);
  EXPECT_EQ(list.regions()[0].base + list.regions()[0].size, std::uintptr_t{1} << 52);
  list.Add(~std::uint64_t{0} - 5, ~std::uint64_t{0});
  list.Remove(0x2000, ~std::uint64_t{0});
  EXPECT_EQ(Of(list), (Pairs{{0x1000, 0x1000}}));
}

TEST(RegionListTest, ForgetsTheSmallestWhenFull) {
  RegionList list;
  for (std::uint64_t i = 0; i < RegionList::kCapacity; ++i) {
    list.Add(0x100000 * (i + 1), 0x2000 + 0x1000 * i);
  }
  list.Add(0x1000, 0x1000);  // Smaller than all.
  EXPECT_EQ(list.regions().size(), RegionList::kCapacity);
  EXPECT_EQ(list.regions()[0].base, 0x100000U);
  list.Add(0x1000, 0x8000);
  EXPECT_EQ(list.regions().size(), RegionList::kCapacity);
  EXPECT_EQ(list.regions()[0].base, 0x1000U);
  EXPECT_EQ(list.regions()[1].base, 0x200000U);
  // Splitting one when full keeps order.
  list.Remove(0x1002000, 0x1000);
  for (std::size_t i = 1; i < list.regions().size(); ++i) {
    EXPECT_LT(list.regions()[i - 1].base + list.regions()[i - 1].size, list.regions()[i].base);
  }
}

}  // namespace
}  // namespace ashlar::memory_map
