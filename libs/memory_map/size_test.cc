// Sizes as people write them, and what is none.
// SPDX-License-Identifier: Apache-2.0
#include "libs/memory_map/size.h"

#include <gtest/gtest.h>

#include <optional>

namespace ashlar::memory_map {
namespace {

TEST(ParseSizeTest, TakesBytesAndUnits) {
  EXPECT_EQ(ParseSize("0"), 0u);
  EXPECT_EQ(ParseSize("4096"), 4096u);
  EXPECT_EQ(ParseSize("512K"), 512 * kKiB);
  EXPECT_EQ(ParseSize("64M"), 64 * kMiB);
  EXPECT_EQ(ParseSize("2G"), 2 * kGiB);
}

TEST(ParseSizeTest, RefusesWhatIsNoSize) {
  for (const char* text : {"", "M", "-1", "12x", "1 M", "0x10", "4m"}) {
    EXPECT_EQ(ParseSize(text), std::nullopt) << text;
  }
}

TEST(ParseSizeTest, RefusesWhatOverflows) {
  EXPECT_EQ(ParseSize("99999999999999999999"), std::nullopt);
  EXPECT_EQ(ParseSize("99999999999999G"), std::nullopt);
}

}  // namespace
}  // namespace ashlar::memory_map
