// What every backend promises.
// SPDX-License-Identifier: Apache-2.0
#include "libs/memory_map/memory_map.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "gtest/gtest.h"
#include "libs/base/units.h"

namespace ashlar::memory_map {
namespace {

TEST(MemoryMapTest, RegionsAreWholePagesAscendingAndDisjoint) {
  const std::span<const Region> regions = FreeRegions();
  ASSERT_FALSE(regions.empty());
  EXPECT_LE(regions.size(), 16U);
  std::uintptr_t end = 0;
  std::size_t sum = 0;
  for (const Region& region : regions) {
    EXPECT_TRUE(IsAligned(region.base, kPageSize));
    EXPECT_TRUE(IsAligned(region.size, kPageSize));
    EXPECT_NE(region.size, 0U);
    EXPECT_GE(region.base, end);
    EXPECT_NE(region.base, 0U);
    end = region.base + region.size;
    sum += region.size;
  }
  EXPECT_GE(TotalBytes(), sum);
  EXPECT_EQ(FreeRegions().data(), regions.data());
}

TEST(MemoryMapTest, TheImageIsNotFree) {
  static int variable = 0;
  const auto address = reinterpret_cast<std::uintptr_t>(&variable);
  const auto stack = reinterpret_cast<std::uintptr_t>(&address);
  for (const Region& region : FreeRegions()) {
    EXPECT_FALSE(address >= region.base && address - region.base < region.size);
    EXPECT_FALSE(stack >= region.base && stack - region.base < region.size);
  }
}

}  // namespace
}  // namespace ashlar::memory_map
