// Numbers as text, up to the ends of their ranges.
// SPDX-License-Identifier: Apache-2.0
#include "libs/base/digits.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace ashlar {
namespace {

TEST(DigitsTest, DecimalHoldsTheWholeRange) {
  EXPECT_EQ(Digits::Decimal(0).text(), "0");
  EXPECT_EQ(Digits::Decimal(std::numeric_limits<std::uint64_t>::max()).text(),
            "18446744073709551615");
}

TEST(DigitsTest, SignedDecimalHoldsTheWholeRange) {
  EXPECT_EQ(Digits::SignedDecimal(7).text(), "7");
  EXPECT_EQ(Digits::SignedDecimal(std::numeric_limits<std::int64_t>::min()).text(),
            "-9223372036854775808");
}

TEST(DigitsTest, HexadecimalHasAPrefixAndLowerCase) {
  EXPECT_EQ(Digits::Hexadecimal(0).text(), "0x0");
  EXPECT_EQ(Digits::Hexadecimal(0xdeadBEEF).text(), "0xdeadbeef");
  EXPECT_EQ(Digits::Hexadecimal(~std::uint64_t{0}, 16).text(), "0xffffffffffffffff");
}

TEST(DigitsTest, PaddingFillsUpToTheWidthAndNeverCuts) {
  EXPECT_EQ(Digits::Decimal(42, 5).text(), "   42");
  EXPECT_EQ(Digits::Decimal(42, 6, '0').text(), "000042");
  EXPECT_EQ(Digits::Decimal(12345, 2).text(), "12345");
  EXPECT_EQ(Digits::Hexadecimal(0x1f, 4).text(), "0x001f");
}

static_assert(Digits::Decimal(10).text() == "10", "usable at compile time");

}  // namespace
}  // namespace ashlar
