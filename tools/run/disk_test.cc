// The image's words, written into disks made by hand.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/disk.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::run {
namespace {

std::vector<std::byte> Disk(std::string_view contents) {
  std::vector<std::byte> disk(5 * 2048, std::byte{0xee});
  std::memcpy(&disk[2048], contents.data(), contents.size());
  return disk;
}

TEST(DiskTest, TheWordsAreReplacedAndTheRestOfTheFileIsZero) {
  std::vector<std::byte> disk = Disk("ashlar command line:\nold words");
  ASSERT_TRUE(WriteCommandLine(disk, "-- new"));
  std::string expected = "ashlar command line:\n-- new";
  expected.resize(4096);
  EXPECT_EQ(std::memcmp(&disk[2048], expected.data(), expected.size()), 0);
  EXPECT_EQ(disk[2047], std::byte{0xee});
  EXPECT_EQ(disk[2048 + 4096], std::byte{0xee});
}

TEST(DiskTest, WhatHasNoRoomForTheWordsIsRefused) {
  std::vector<std::byte> disk = Disk("ashlar command line:\n");
  EXPECT_TRUE(WriteCommandLine(disk, std::string(4096 - 22, 'x')));
  EXPECT_TRUE(
      WriteCommandLine(disk, std::string(4096 - 21, 'x')).error().contains("room for 4074"));
  EXPECT_TRUE(
      WriteCommandLine(std::span(disk).first(4096), "x").error().contains("build it again"));
  std::vector<std::byte> other = Disk("anything else");
  EXPECT_TRUE(WriteCommandLine(other, "x").error().contains("build it again"));
}

}  // namespace
}  // namespace ashlar::run
