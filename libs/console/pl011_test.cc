// The PL011's driver, by the accesses it makes on a fake bus.
// SPDX-License-Identifier: Apache-2.0
#include "libs/console/pl011.h"

#include <cstddef>
#include <cstdint>
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

// Nobody there: reads give all ones. It counts writes only, since the driver reads more often than
// a record has room for.
class AbsentDevice {
 public:
  explicit AbsentDevice(int& writes) : writes_(&writes) {}

  std::uint8_t Read8(std::size_t) { return 0xff; }
  std::uint16_t Read16(std::size_t) { return 0xffff; }
  std::uint32_t Read32(std::size_t) { return 0xffff'ffff; }
  void Write8(std::size_t, std::uint8_t) { ++*writes_; }
  void Write16(std::size_t, std::uint16_t) { ++*writes_; }
  void Write32(std::size_t, std::uint32_t) { ++*writes_; }

 private:
  int* writes_;
};

TEST(Pl011Test, WhatStaysBusyIsGivenUp) {
  int writes = 0;
  Pl011(AbsentDevice(writes)).Write("ok");
  EXPECT_EQ(writes, 0);
  Pl011(AbsentDevice(writes)).Drain();
}

}  // namespace
}  // namespace ashlar::console
