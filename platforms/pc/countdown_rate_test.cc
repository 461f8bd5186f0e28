// The rate that is learned of a timer which counts down at an unknown one.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/pc/countdown_rate.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace ashlar::pc {
namespace {

TEST(CountdownRateTest, FiresEarlyUntilItKnowsBetter) {
  CountdownRate rate;
  EXPECT_LE(rate.Ticks(1'000'000), 20'001U);
  rate.Learn(1'000, 1'000);  // Too short to be worth anything.
  EXPECT_LE(rate.Ticks(1'000'000), 20'001U);
  rate.Learn(100'000, 104'000);  // 1 GHz, and 4 us until someone looked.
  EXPECT_NEAR(rate.Ticks(1'000'000), 961'538, 2);
  rate.Learn(120'000, 240'000);  // The virtual machine stood still half the time.
  rate.Learn(100'000'000, 100'004'000);
  EXPECT_NEAR(rate.Ticks(1'000'000), 999'960, 2);
  rate.Learn(100'000'000, 180'000'000);  // Not twice as long as the best.
  EXPECT_NEAR(rate.Ticks(1'000'000), 999'960, 2);
}

TEST(CountdownRateTest, RecoversFromAFirstMeasurementThatWasDisturbed) {
  CountdownRate rate;
  rate.Learn(1'000, 600'000);  // 1 us at 1 GHz, and 599 us of something else.
  int rounds = 0;
  for (std::int64_t left = 5'000'000; left > 0; ++rounds) {
    ASSERT_LT(rounds, 20);
    const std::uint32_t ticks = rate.Ticks(left);
    const std::int64_t elapsed = std::int64_t{ticks} + 8'000;
    rate.Learn(ticks, elapsed);
    left -= elapsed;
  }
}

TEST(CountdownRateTest, StaysWithinTheTimersRange) {
  CountdownRate rate;
  EXPECT_GE(rate.Ticks(1), 1U);
  rate.Learn(1'000'000'000, 1'000'000'000);
  EXPECT_EQ(rate.Ticks(INT64_MAX), 0xffffffffU);
}

}  // namespace
}  // namespace ashlar::pc
