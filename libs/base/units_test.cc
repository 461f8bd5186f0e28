// Aligning up and down, with addresses in the upper half too.
// SPDX-License-Identifier: Apache-2.0
#include "libs/base/units.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace ashlar {
namespace {

TEST(UnitsTest, AligningGoesToTheNextMultiple) {
  EXPECT_EQ(AlignDown(4097, kPageSize), 4096u);
  EXPECT_EQ(AlignUp(4097, kPageSize), 8192u);
  EXPECT_EQ(AlignUp(8192, kPageSize), 8192u);
  EXPECT_EQ(AlignUp(0, kPageSize), 0u);
}

TEST(UnitsTest, AligningKeepsTheUpperHalf) {
  const std::uintptr_t high = (std::uintptr_t{1} << 40) + 5;
  EXPECT_EQ(AlignDown(high, kMiB), std::uintptr_t{1} << 40);
  EXPECT_TRUE(IsAligned(std::uintptr_t{1} << 40, kGiB));
  EXPECT_FALSE(IsAligned(high, 2));
}

}  // namespace
}  // namespace ashlar
