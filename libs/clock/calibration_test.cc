// Tests of calibrating a counter, with counters made of numbers.
// SPDX-License-Identifier: Apache-2.0
#include "libs/clock/calibration.h"

#include <cstdint>
#include <limits>

#include "gtest/gtest.h"
#include "libs/clock/tick_rate.h"

namespace ashlar::clock {
namespace {

TEST(TickRateTest, ConvertsBothWays) {
  const TickRate rate = TickRate::FromHertz(3'000'000'000);
  EXPECT_NEAR(static_cast<double>(rate.Nanoseconds(3'000'000'000)), 1e9, 10);
  EXPECT_NEAR(static_cast<double>(rate.Ticks(1'000'000'000)), 3e9, 10);
  constexpr std::int64_t kYear = 31'557'600'000'000'000;
  EXPECT_NEAR(static_cast<double>(rate.Nanoseconds(rate.Ticks(kYear))), kYear, kYear / 1e8);
  EXPECT_EQ(rate.Nanoseconds(0), 0);
  EXPECT_NEAR(static_cast<double>(TickRate::FromHertz(1'193'182).Nanoseconds(1'193'182)), 1e9, 2);
  // A hundred seconds.
  EXPECT_NEAR(
      static_cast<double>(TickRate::FromRatio(100'000'000'000, 240'000'000'000).Ticks(1000)), 2400,
      2);
}

// A machine: real time in nanoseconds makes both counters.
struct Machine {
  std::uint64_t fast_hertz = 2'400'000'000;
  std::uint64_t slow_hertz = 3'579'545;
  std::uint32_t mask = 0xffffff;

  std::uint64_t Fast(std::int64_t time) const {
    return 777'777 + static_cast<std::uint64_t>(static_cast<unsigned __int128>(time) * fast_hertz /
                                                1'000'000'000);
  }
  CounterPair Pair(std::int64_t time) const {
    const auto slow = static_cast<unsigned __int128>(time) * slow_hertz / 1'000'000'000;
    return {Fast(time), static_cast<std::uint32_t>(0xfffff0 + slow) & mask};
  }
};

// What the clock says at `time`.
std::int64_t Read(Calibration& calibration, const Machine& machine, std::int64_t time) {
  return calibration.WantsPair(machine.Fast(time)) ? calibration.AddPair(machine.Pair(time))
                                                   : calibration.Time(machine.Fast(time));
}

constexpr std::int64_t kMicrosecond = 1'000;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

TEST(CalibrationTest, AKnownRateIsServedFromItsFirstMoment) {
  Calibration calibration = Calibration::Known(TickRate::FromHertz(2'000'000'000), 5'000);
  EXPECT_FALSE(calibration.WantsPair(5'000));
  EXPECT_FALSE(calibration.WantsPair(5'000 + 100'000'000'000));
  EXPECT_EQ(calibration.Time(5'000), 0);
  EXPECT_NEAR(static_cast<double>(calibration.Time(5'000 + 2'000'000'000)), 1e9, 2);
  EXPECT_TRUE(calibration.rate());
}

TEST(CalibrationTest, ServesTheSlowCountersTimeFirstAndThenItsOwn) {
  const Machine machine;
  Calibration calibration(machine.slow_hertz, machine.mask);
  EXPECT_EQ(Read(calibration, machine, 0), 0);
  EXPECT_NEAR(static_cast<double>(Read(calibration, machine, 100 * kMicrosecond)), 100e3, 300);
  EXPECT_FALSE(calibration.rate());
  EXPECT_NEAR(static_cast<double>(Read(calibration, machine, 300 * kMicrosecond)), 300e3, 600);
  ASSERT_TRUE(calibration.rate());
  EXPECT_NEAR(static_cast<double>(calibration.rate()->Nanoseconds(machine.fast_hertz)), 1e9, 2e6);
  (void)Read(calibration, machine, 30 * kMillisecond);
  EXPECT_NEAR(static_cast<double>(calibration.rate()->Nanoseconds(machine.fast_hertz)), 1e9, 2e4);
  (void)Read(calibration, machine, 2 * kSecond);
  EXPECT_NEAR(static_cast<double>(calibration.rate()->Nanoseconds(machine.fast_hertz)), 1e9, 500);
  EXPECT_FALSE(calibration.WantsPair(machine.Fast(100 * kSecond)));
}

TEST(CalibrationTest, NeverGoesBackWhateverTheRhythm) {
  for (const std::uint32_t mask : {0xffffU, 0xffffffU}) {
    for (const std::uint64_t fast :
         {800'000'000ULL, 1'000'000'000ULL, 2'400'000'000ULL, 5'500'000'000ULL}) {
      for (const std::int64_t step :
           {7 * kMicrosecond, 240 * kMicrosecond, 13 * kMillisecond, 3 * kSecond, 77 * kSecond}) {
        const Machine machine{.fast_hertz = fast, .slow_hertz = 1'193'182, .mask = mask};
        Calibration calibration(machine.slow_hertz, machine.mask);
        std::int64_t last = 0;
        std::int64_t time = 0;
        for (int i = 0; i < 2000; ++i, time += step) {
          const std::int64_t now = Read(calibration, machine, time);
          ASSERT_GE(now, last) << mask << " " << fast << " " << step << " " << i;
          last = now;
        }
      }
    }
  }
}

TEST(CalibrationTest, ALongPauseBeforeTheRateIsKnownIsMadeUpFor) {
  const Machine machine{.slow_hertz = 1'193'182, .mask = 0xffff};
  Calibration calibration(machine.slow_hertz, machine.mask);
  (void)Read(calibration, machine, 0);
  const std::int64_t pause = 10 * kSecond;  // The slow counter goes round 182 times.
  const std::int64_t after = Read(calibration, machine, pause);
  EXPECT_GE(after, 0);
  EXPECT_LE(after, pause);
  const std::int64_t later = pause + 400 * kMicrosecond;
  EXPECT_NEAR(static_cast<double>(Read(calibration, machine, later)), static_cast<double>(later),
              1e8);
}

TEST(CalibrationTest, ALongPauseBeforeARefinementStartsItAnew) {
  const Machine machine{.slow_hertz = 1'193'182, .mask = 0xffff};
  Calibration calibration(machine.slow_hertz, machine.mask);
  (void)Read(calibration, machine, 0);
  (void)Read(calibration, machine, 300 * kMicrosecond);
  (void)Read(calibration, machine, 60 * kSecond);
  (void)Read(calibration, machine, 60 * kSecond + 30 * kMillisecond);
  EXPECT_NEAR(static_cast<double>(calibration.rate()->Nanoseconds(machine.fast_hertz)), 1e9, 1e5);
}

}  // namespace
}  // namespace ashlar::clock
