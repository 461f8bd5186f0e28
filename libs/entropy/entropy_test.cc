// Tests that entropy looks like it: what a broken source gets wrong first.
// SPDX-License-Identifier: Apache-2.0
#include "libs/entropy/entropy.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "gtest/gtest.h"
#include "libs/base/result.h"

namespace ashlar::entropy {
namespace {

TEST(EntropyTest, FillsEveryByteWithDifferentOnesEachTime) {
  std::array<std::byte, 61> first{};
  std::array<std::byte, 61> second{};
  const Result<void> filled = Fill(first);
  if (!filled && filled.error() == Error::kUnsupported) {
    GTEST_SKIP() << "this machine has no source of entropy";
  }
  ASSERT_TRUE(Fill(second));
  EXPECT_NE(first, second);
  // Eight zeros in a row have a chance of one in 2^58 here.
  const std::array<std::byte, 8> zeros{};
  EXPECT_TRUE(std::ranges::search(first, zeros).empty());
}

TEST(EntropyTest, FillsNothingAndNoMoreThanAsked) {
  std::array<std::byte, 3> bytes{};
  if (!Fill(std::span(bytes).subspan(1, 1))) {
    GTEST_SKIP() << "this machine has no source of entropy";
  }
  EXPECT_EQ(bytes[0], std::byte{0});
  EXPECT_EQ(bytes[2], std::byte{0});
  EXPECT_TRUE(Fill({}));
}

}  // namespace
}  // namespace ashlar::entropy
