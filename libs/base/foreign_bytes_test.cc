// Numbers out of bytes, wherever they lie and wherever the bytes end.
// SPDX-License-Identifier: Apache-2.0
#include "libs/base/foreign_bytes.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <gtest/gtest.h>

namespace ashlar {
namespace {

TEST(ForeignBytesTest, NumbersAreLittleEndianAndNeedNoAlignment) {
  constexpr std::array<std::uint8_t, 6> kBytes = {1, 2, 3, 4, 5, 6};
  const auto bytes = std::as_bytes(std::span(kBytes));
  EXPECT_EQ(Load<std::uint32_t>(bytes, 1), 0x05040302u);
  EXPECT_EQ(Load<std::uint16_t>(bytes, 4), 0x0605u);
  EXPECT_EQ(Load<std::uint8_t>(bytes, 5), 6u);
}

TEST(ForeignBytesTest, WhatReachesBehindTheEndIsZero) {
  constexpr std::array<std::uint8_t, 6> kBytes = {1, 2, 3, 4, 5, 6};
  const auto bytes = std::as_bytes(std::span(kBytes));
  EXPECT_EQ(Load<std::uint32_t>(bytes, 3), 0u);
  EXPECT_EQ(Load<std::uint8_t>(bytes, 6), 0u);
  EXPECT_EQ(Load<std::uint64_t>(bytes, 0), 0u);
  EXPECT_EQ(Load<std::uint16_t>(bytes, ~std::size_t{0}), 0u);
  EXPECT_EQ(Load<std::uint8_t>({}, 0), 0u);
}

}  // namespace
}  // namespace ashlar
