// The checksum against its definition, at every length and alignment.
// SPDX-License-Identifier: Apache-2.0

#include "libs/net/checksum.h"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace ashlar::net {
namespace {

// RFC 1071 word by word.
std::uint16_t Plain(std::span<const std::byte> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    sum += std::to_integer<std::uint32_t>(bytes[i]) << (i % 2 * 8);
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return static_cast<std::uint16_t>(sum);
}

TEST(ChecksumTest, AgreesWithTheDefinitionForEveryLengthAndAlignment) {
  std::vector<std::byte> bytes(400);
  std::uint32_t state = 7;
  for (std::byte& byte : bytes) {
    state = state * 1103515245 + 12345;
    byte = static_cast<std::byte>(state >> 16);
  }
  for (std::size_t offset = 0; offset < 9; ++offset) {
    for (std::size_t size = 0; size + offset <= 300; ++size) {
      const auto part = std::span(bytes).subspan(offset, size);
      ASSERT_EQ(Plain(part), Checksum(part)) << offset << "+" << size;
    }
  }
}

TEST(ChecksumTest, CarriesGoRoundAndRound) {
  const std::vector<std::byte> ones(1 << 16, std::byte{0xff});
  EXPECT_EQ(0xffff, Checksum(ones));
  EXPECT_EQ(0x00ff, Checksum(std::span(ones).first(1)));
  EXPECT_EQ(0, Checksum({}));
}

}  // namespace
}  // namespace ashlar::net
