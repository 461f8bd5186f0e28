// Addresses for devices that have none.
// SPDX-License-Identifier: Apache-2.0
#include "libs/pci/assign.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "libs/base/result.h"
#include "libs/pci/fake_config_space.h"
#include "libs/pci/pci.h"

namespace ashlar::pci {
namespace {

constexpr Address kFirst = {.bus = 0, .device = 1, .function = 0};

class AssignTest : public testing::Test {
 protected:
  Function Only() {
    Walk walk(config_);
    return walk.Next().value();
  }

  FakeConfigSpace config_;
};

TEST_F(AssignTest, EachRangeGetsAPlaceAlignedToItsSize) {
  config_.At(kFirst) =
      FakeFunction::Device(0x1af4, 0x1041).Bar(1, 0, 0x1000).Bar(4, 0, 0x4000, true);
  Window window = {0x1000'1000, 0x10'0000};
  AssignAddresses(config_, Only(), window);
  EXPECT_EQ(ReadBar(config_, kFirst, 1)->address, 0x1000'1000U);
  EXPECT_EQ(ReadBar(config_, kFirst, 4)->address, 0x1000'4000U);
  EXPECT_EQ(ReadBar(config_, kFirst, 4)->size, 0x4000U);
  EXPECT_EQ(window.base, 0x1000'8000U);
  EXPECT_EQ(window.size, 0x10'0000U - 0x7000);
}

TEST_F(AssignTest, WhatHasAnAddressKeepsIt) {
  config_.At(kFirst) = FakeFunction::Device(0x1af4, 0x1041).Bar(0, 0xfebc'0000, 0x1000);
  Window window = {0x1000'0000, 0x10'0000};
  AssignAddresses(config_, Only(), window);
  EXPECT_EQ(ReadBar(config_, kFirst, 0)->address, 0xfebc'0000U);
  EXPECT_EQ(window.base, 0x1000'0000U);
}

TEST_F(AssignTest, WhatDoesNotFitStaysWithout) {
  config_.At(kFirst) = FakeFunction::Device(0x1af4, 0x1041).Bar(0, 0, 0x20'0000).Bar(1, 0, 0x1000);
  Window window = {0x1000'0000, 0x10'0000};
  AssignAddresses(config_, Only(), window);
  EXPECT_EQ(ReadBar(config_, kFirst, 0).error(), Error::kUnsupported);
  EXPECT_EQ(ReadBar(config_, kFirst, 1)->address, 0x1000'0000U);
}

TEST_F(AssignTest, AWideRangeInTheLastRegisterIsNonsense) {
  FakeFunction function = FakeFunction::Device(0x1af4, 0x1041);
  function.registers[9] = 4;
  function.bar_masks[5] = 0xffff'f000;
  config_.At(kFirst) = function;
  Window window = {0x1000'0000, 0x10'0000};
  AssignAddresses(config_, Only(), window);
  EXPECT_EQ(window.base, 0x1000'0000U);
}

}  // namespace
}  // namespace ashlar::pci
