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

Calibration CalibrationOf(const Machine& machine) {
  Calibration calibration;
  calibration.Use(machine.slow_hertz, machine.mask);
  return calibration;
}

// What the clock says at `time`.
std::int64_t Read(Calibration& calibration, const Machine& machine, std::int64_t time) {
  return calibration.WantsPair(machine.Fast(time)) ? calibration.AddPair(machine.Pair(time))
                                                   : calibration.Time(machine.Fast(time));
}

constexpr std::int64_t kMicrosecond = 1'000;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

TEST(CalibrationTest, AKnownRateIsServedFromItsFirstMoment) {
  Calibration calibration;
  calibration.Settle(TickRate::FromHertz(2'000'000'000), 5'000);
  EXPECT_FALSE(calibration.WantsPair(5'000));
  EXPECT_FALSE(calibration.WantsPair(5'000 + 100'000'000'000));
  EXPECT_EQ(calibration.Time(5'000), 0);
  EXPECT_NEAR(static_cast<double>(calibration.Time(5'000 + 2'000'000'000)), 1e9, 2);
  EXPECT_TRUE(calibration.rate());
}

TEST(CalibrationTest, ServesTheSlowCountersTimeFirstAndThenItsOwn) {
  const Machine machine;
  Calibration calibration = CalibrationOf(machine);
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
        Calibration calibration = CalibrationOf(machine);
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
  Calibration calibration = CalibrationOf(machine);
  (void)Read(calibration, machine, 0);
  const std::int64_t pause = 10 * kSecond;  // The slow counter goes round 182 times.
  const std::int64_t after = Read(calibration, machine, pause);
  EXPECT_GE(after, 0);
  EXPECT_LE(after, pause);
  const std::int64_t later = pause + 400 * kMicrosecond;
  EXPECT_NEAR(static_cast<double>(Read(calibration, machine, later)), static_cast<double>(later),
              1e8);
}

// The pair of a machine whose slow counter has stood still since its first moment.
CounterPair Standing(const Machine& machine, std::int64_t time) {
  return {machine.Fast(time), machine.Pair(0).slow};
}

TEST(CalibrationTest, AStandingCounterIsNoticedAndAnotherTakesItsPlace) {
  const Machine machine;
  Calibration calibration = CalibrationOf(machine);
  EXPECT_EQ(calibration.AddPair(machine.Pair(0)), 0);
  EXPECT_EQ(calibration.AddPair(Standing(machine, kMillisecond)), 0);
  EXPECT_FALSE(calibration.stands());  // it may be a slow one
  EXPECT_EQ(calibration.AddPair(Standing(machine, 10 * kMillisecond)), 0);
  ASSERT_TRUE(calibration.stands());
  const Machine next{.slow_hertz = 1'193'182, .mask = 0xffff};
  calibration.Use(next.slow_hertz, next.mask);
  EXPECT_FALSE(calibration.stands());
  EXPECT_EQ(Read(calibration, next, 11 * kMillisecond), 0);
  EXPECT_LE(Read(calibration, next, 11 * kMillisecond + 100 * kMicrosecond), kMillisecond);
  // What was missed is made up for.
  const std::int64_t later = 12 * kMillisecond;
  EXPECT_NEAR(static_cast<double>(Read(calibration, next, later)), static_cast<double>(later), 1e5);
  EXPECT_TRUE(calibration.rate());
}

TEST(CalibrationTest, AStandingCounterIsNoticedHoweverLateItIsLookedAt) {
  const Machine machine;
  Calibration calibration = CalibrationOf(machine);
  (void)calibration.AddPair(machine.Pair(0));
  (void)calibration.AddPair(Standing(machine, 100 * kSecond));
  EXPECT_TRUE(calibration.stands());
  calibration.Settle(TickRate::FromHertz(machine.fast_hertz), machine.Fast(100 * kSecond));
  EXPECT_FALSE(calibration.stands());
  EXPECT_FALSE(calibration.WantsPair(machine.Fast(100 * kSecond)));
  EXPECT_NEAR(static_cast<double>(calibration.Time(machine.Fast(100 * kSecond))), 100e9, 1e3);
}

TEST(CalibrationTest, ARateThatIsSettledDoesNotSetTimeBack) {
  const Machine machine;
  Calibration calibration = CalibrationOf(machine);
  (void)Read(calibration, machine, 0);
  const std::int64_t seen = Read(calibration, machine, 200 * kMicrosecond);
  ASSERT_FALSE(calibration.rate());
  calibration.Settle(TickRate::FromHertz(2 * machine.fast_hertz), machine.Fast(200 * kMicrosecond));
  EXPECT_GE(calibration.Time(machine.Fast(200 * kMicrosecond)), seen);
}

TEST(CalibrationTest, ACounterThatStopsLaterDoesNotSpoilTheRate) {
  const Machine machine;
  Calibration calibration = CalibrationOf(machine);
  (void)Read(calibration, machine, 0);
  (void)Read(calibration, machine, 300 * kMicrosecond);
  ASSERT_TRUE(calibration.rate());
  const std::uint32_t stopped = machine.Pair(310 * kMicrosecond).slow;
  for (const std::int64_t later : {25 * kMillisecond, 50 * kMillisecond}) {
    ASSERT_TRUE(calibration.WantsPair(machine.Fast(later)));
    EXPECT_NEAR(static_cast<double>(calibration.AddPair({machine.Fast(later), stopped})),
                static_cast<double>(later), 4e5);
  }
  EXPECT_FALSE(calibration.WantsPair(machine.Fast(100 * kSecond)));
  EXPECT_NEAR(static_cast<double>(calibration.rate()->Nanoseconds(machine.fast_hertz)), 1e9, 5e6);
}

TEST(CalibrationTest, AFirstRateThatWasDisturbedIsMendedByTheNext) {
  for (const std::int64_t late : {200 * kMicrosecond, -800 * kMicrosecond}) {
    const Machine machine;
    Calibration calibration = CalibrationOf(machine);
    // The fast counter was read too late, the first time or the second.
    (void)calibration.AddPair({machine.Fast(late > 0 ? late : 0), machine.Pair(0).slow});
    (void)calibration.AddPair({machine.Fast(300 * kMicrosecond - (late < 0 ? late : 0)),
                               machine.Pair(300 * kMicrosecond).slow});
    ASSERT_TRUE(calibration.rate());
    for (std::int64_t time = 2 * kMillisecond; time < 200 * kMillisecond; time += kMillisecond) {
      (void)Read(calibration, machine, time);
    }
    EXPECT_NEAR(static_cast<double>(calibration.rate()->Nanoseconds(machine.fast_hertz)), 1e9, 1e6);
  }
}

TEST(CalibrationTest, ALongPauseBeforeARefinementStartsItAnew) {
  const Machine machine{.slow_hertz = 1'193'182, .mask = 0xffff};
  Calibration calibration = CalibrationOf(machine);
  (void)Read(calibration, machine, 0);
  (void)Read(calibration, machine, 300 * kMicrosecond);
  (void)Read(calibration, machine, 60 * kSecond);
  (void)Read(calibration, machine, 60 * kSecond + 30 * kMillisecond);
  EXPECT_NEAR(static_cast<double>(calibration.rate()->Nanoseconds(machine.fast_hertz)), 1e9, 1e5);
}

}  // namespace
}  // namespace ashlar::clock
