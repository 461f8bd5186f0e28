// What every backend promises. How exact a clock is, is no test's business; that it runs is.
// SPDX-License-Identifier: Apache-2.0
#include "libs/clock/clock.h"

#include <chrono>

#include "gtest/gtest.h"

namespace ashlar::clock {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

TEST(MonotonicTest, NeverGoesBackwards) {
  Instant last = Monotonic::now();
  for (int i = 0; i < 10'000; ++i) {
    const Instant now = Monotonic::now();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(MonotonicTest, GoesForwardWithoutLeaps) {
  const Instant start = Monotonic::now();
  EXPECT_LT(start, kNever);
  Instant now = start;
  for (long reads = 0; now - start < 5ms; ++reads) {
    ASSERT_LT(reads, 1'000'000'000);
    const Instant next = Monotonic::now();
    ASSERT_LT(next - now, 60s);
    now = next;
  }
}

TEST(UnixTimeTest, IsAfterThisWasWrittenOrUnknown) {
  const std::chrono::nanoseconds now = UnixTime();
  if (now == std::chrono::nanoseconds{0}) {
    GTEST_SKIP() << "this machine has no clock of day";
  }
  EXPECT_GT(now, std::chrono::seconds{1'760'000'000});
  EXPECT_LT(now, std::chrono::seconds{7'000'000'000});
  EXPECT_GE(UnixTime(), now);
}

}  // namespace
}  // namespace ashlar::clock
