// Pending bits of event channels, from the first port to the last.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/event_channels.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "libs/xen/abi.h"

namespace ashlar::xen {
namespace {

TEST(EventChannelsTest, AnEventIsTakenOnceAndLeavesItsNeighbours) {
  static SharedInfo shared = {};
  shared.pending[1] = 0b111;
  EXPECT_TRUE(TakePending(shared, 65));
  EXPECT_FALSE(TakePending(shared, 65));
  EXPECT_EQ(shared.pending[1], 0b101U);
}

TEST(EventChannelsTest, TheFirstAndTheLastPortHaveTheirBits) {
  static SharedInfo shared = {};
  EXPECT_FALSE(TakePending(shared, 0));
  EXPECT_FALSE(TakePending(shared, kMaxPorts - 1));
  shared.pending[0] = 1;
  shared.pending[kMaxPorts / 64 - 1] = std::uint64_t{1} << 63;
  EXPECT_TRUE(TakePending(shared, 0));
  EXPECT_TRUE(TakePending(shared, kMaxPorts - 1));
}

}  // namespace
}  // namespace ashlar::xen
