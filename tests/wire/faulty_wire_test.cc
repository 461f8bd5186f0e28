// The wire by itself: shares, order and repetition of its faults.
// SPDX-License-Identifier: Apache-2.0
#include "tests/wire/faulty_wire.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace ashlar::wire {
namespace {

using std::chrono::milliseconds;

// What comes out of a wire into which 10,000 small numbered frames are put.
std::vector<std::string> Send(FaultyWire& wire) {
  std::vector<std::string> arrived;
  const FaultyWire::Clock::time_point now{};
  for (int i = 0; i < 10'000; ++i) {
    wire.Put({.header = {}, .bytes = std::to_string(i)}, now,
             [&](const Frame& frame) { arrived.push_back(frame.bytes); });
  }
  wire.PassDelayed(now + milliseconds(1000),
                   [&](const Frame& frame) { arrived.push_back(frame.bytes); });
  return arrived;
}

TEST(FaultyWireTest, WithoutFaultsEverythingPassesInOrder) {
  FaultyWire wire(1);
  const std::vector<std::string> arrived = Send(wire);
  ASSERT_EQ(arrived.size(), 10'000u);
  for (std::size_t i = 0; i < arrived.size(); ++i) {
    EXPECT_EQ(arrived[i], std::to_string(i));
  }
}

TEST(FaultyWireTest, TheSameSeedMakesTheSameFaults) {
  FaultyWire one(7);
  FaultyWire same(7);
  FaultyWire other(8);
  for (FaultyWire* wire : {&one, &same, &other}) {
    wire->SetFaults({.lost = 200, .delayed = 200, .duplicated = 200});
  }
  const std::vector<std::string> arrived = Send(one);
  EXPECT_EQ(arrived, Send(same));
  EXPECT_NE(arrived, Send(other));
}

TEST(FaultyWireTest, TheSharesAreAsAskedFor) {
  FaultyWire wire(3);
  wire.SetFaults({.lost = 200, .delayed = 300, .duplicated = 400});
  const std::vector<std::string> arrived = Send(wire);
  const Counts& counts = wire.counts();
  EXPECT_EQ(counts.frames, 10'000u);
  EXPECT_NEAR(static_cast<double>(counts.lost), 200, 60);
  EXPECT_NEAR(static_cast<double>(counts.delayed), 300, 70);
  EXPECT_NEAR(static_cast<double>(counts.duplicated), 400, 80);
  EXPECT_EQ(arrived.size(), 10'000 - counts.lost + counts.duplicated);
}

TEST(FaultyWireTest, WhatIsDelayedComesAfterLaterFrames) {
  FaultyWire wire(1);
  wire.SetFaults({.delayed = 10'000});
  std::vector<std::string> arrived;
  const auto sink = [&](const Frame& frame) { arrived.push_back(frame.bytes); };
  const FaultyWire::Clock::time_point now{};
  wire.Put({.header = {}, .bytes = "first"}, now, sink);
  EXPECT_TRUE(wire.NextDelayed(now).has_value());
  wire.SetFaults({});
  for (int i = 0; i < 6; ++i) {
    wire.Put({.header = {}, .bytes = "later"}, now, sink);
  }
  ASSERT_EQ(arrived.size(), 7u);
  EXPECT_EQ(arrived[0], "later");
  EXPECT_EQ(std::ranges::count(arrived, "first"), 1);
  EXPECT_FALSE(wire.NextDelayed(now).has_value());
}

TEST(FaultyWireTest, WithNothingBehindItTheDelayedPassesByTime) {
  FaultyWire wire(1);
  wire.SetFaults({.delayed = 10'000});
  std::vector<std::string> arrived;
  const auto sink = [&](const Frame& frame) { arrived.push_back(frame.bytes); };
  const FaultyWire::Clock::time_point now{};
  wire.Put({.header = {}, .bytes = "only"}, now, sink);
  wire.PassDelayed(now + milliseconds(1), sink);
  EXPECT_TRUE(arrived.empty());
  wire.PassDelayed(now + *wire.NextDelayed(now), sink);
  EXPECT_EQ(arrived, std::vector<std::string>{"only"});
}

}  // namespace
}  // namespace ashlar::wire
