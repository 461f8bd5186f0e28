// Tests of the slow counters: which registers they touch, and what they make of what they find.
// SPDX-License-Identifier: Apache-2.0
#include "libs/clock/reference_counters.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "libs/io/fake_bus.h"

namespace ashlar::clock {
namespace {

TEST(HpetTest, CountsOnceItIsStartedAtTheFrequencyItStates) {
  io::FakeBus::Record record{.reads = {10'000'000, 2, 1234}};  // 10 ns; legacy routing on
  Hpet hpet{io::FakeBus(record)};
  EXPECT_EQ(hpet.Start(), 100'000'000u);
  EXPECT_EQ(hpet.Read(), 1234u);
  EXPECT_EQ(record.writes, (std::vector<io::Write>{{0x10, 3, 4}}));
  EXPECT_EQ(record.read_accesses, (std::vector<io::Read>{{0x04, 4}, {0x10, 4}, {0xf0, 4}}));
}

TEST(HpetTest, AFrequencyThatNoneHasIsNotBelieved) {
  for (const std::uint64_t period : {0u, 999'999u, 100'000'001u, 0xffffffffu}) {
    io::FakeBus::Record record{.reads = {period}};
    EXPECT_EQ(Hpet{io::FakeBus(record)}.Start(), 0u) << period;
    EXPECT_TRUE(record.writes.empty());
  }
}

TEST(IntervalTimerTest, CountsUpFromWhatTheDeviceCountsDown) {
  io::FakeBus::Record record{.reads = {0xff, 0xff, 0xfe, 0xff}};
  IntervalTimer timer{io::FakeBus(record)};
  timer.Start();
  EXPECT_EQ(timer.Read(), 0u);
  EXPECT_EQ(timer.Read(), 1u);
}

TEST(PowerManagementTimerTest, HasAsManyBitsAsTheFirmwareSays) {
  io::FakeBus::Record record{.reads = {0xff123456, 0xff123456}};
  EXPECT_EQ(PowerManagementTimer(io::FakeBus(record), false).Read(), 0x123456u);
  EXPECT_EQ(PowerManagementTimer(io::FakeBus(record), true).Read(), 0xff123456u);
}

}  // namespace
}  // namespace ashlar::clock
