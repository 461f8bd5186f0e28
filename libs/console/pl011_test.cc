// The PL011's driver, by the accesses it makes on a fake bus.
// SPDX-License-Identifier: Apache-2.0
#include "libs/console/pl011.h"

#include <vector>

#include "gtest/gtest.h"
#include "libs/io/fake_bus.h"

namespace ashlar::console {
namespace {

constexpr std::uint64_t kFull = 0x20;
constexpr std::uint64_t kRoom = 0x80;

TEST(Pl011Test, EachByteWaitsUntilThereIsRoom) {
  io::FakeBus::Record record{.reads = {kFull, kFull, kRoom, kRoom}};
  Pl011(io::FakeBus(record)).Write("o\xff");
  EXPECT_EQ(record.writes, (std::vector<io::Write>{{0, 'o', 4}, {0, 0xff, 4}}));
  EXPECT_EQ(record.read_accesses, (std::vector<io::Read>(4, {0x18, 4})));
}

TEST(Pl011Test, ItIsDrainedWhenTheLastByteHasLeft) {
  constexpr std::uint64_t kBusy = 0x88;  // the FIFO is empty already
  io::FakeBus::Record record{.reads = {kBusy, kBusy, kRoom}};
  Pl011(io::FakeBus(record)).Drain();
  EXPECT_EQ(record.read_accesses, (std::vector<io::Read>(3, {0x18, 4})));
}

TEST(Pl011Test, WhatStaysBusyIsGivenUp) {
  io::FakeBus::Record record;  // All ones: nobody there.
  Pl011(io::FakeBus(record)).Write("ok");
  EXPECT_TRUE(record.writes.empty());
  Pl011(io::FakeBus(record)).Drain();
}

}  // namespace
}  // namespace ashlar::console
