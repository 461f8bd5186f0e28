// POSIX times and the clock's: there and back, impossible ones, very late ones.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/time/time.h"

#include "gtest/gtest.h"
#include "libs/clock/clock.h"

namespace ashlar::posix {
namespace {

TEST(TimeTest, ClocksGoOn) {
  for (clockid_t id : {CLOCK_REALTIME, CLOCK_MONOTONIC}) {
    const auto before = *Now(id);
    EXPECT_GT(before.count(), 0);
    EXPECT_GE(*Now(id), before);
  }
  EXPECT_EQ(Now(static_cast<clockid_t>(99)).error(), EINVAL);
}

TEST(TimeTest, InstantOfAClocksTime) {
  // Between a second after what is read before and a second after what is read behind, however long
  // the machine takes for it.
  constexpr std::chrono::seconds kSecond(1);
  for (clockid_t id : {CLOCK_REALTIME, CLOCK_MONOTONIC}) {
    const clock::Instant before = clock::Monotonic::now();
    const auto instant = ToInstant(id, ToTimespec(*Now(id) + kSecond));
    const clock::Instant after = clock::Monotonic::now();
    ASSERT_TRUE(instant);
    EXPECT_GE(*instant, before + kSecond);
    EXPECT_LE(*instant, after + kSecond);
  }
}

TEST(TimeTest, ImpossibleTimesAreRefused) {
  EXPECT_EQ(ToDuration({-1, 0}).error(), EINVAL);
  EXPECT_EQ(ToDuration({0, 1'000'000'000}).error(), EINVAL);
  EXPECT_EQ(ToDuration({0, -1}).error(), EINVAL);
  EXPECT_EQ(ToInstant(CLOCK_MONOTONIC, {0, -1}).error(), EINVAL);
}

TEST(TimeTest, VeryLateIsNever) {
  constexpr time_t kLate = 1'000'000'000'000;
  EXPECT_EQ(ToDuration({kLate, 0}), kForever);
  EXPECT_EQ(ToInstant(CLOCK_MONOTONIC, {kLate, 0}), clock::kNever);
  EXPECT_EQ(DeadlineAfter(kForever), clock::kNever);
  EXPECT_EQ(DeadlineAfter(kForever - clock::Duration(1)), clock::kNever);
}

TEST(TimeTest, TheDistantPastIsNow) {
  EXPECT_LE(*ToInstant(CLOCK_REALTIME, {-5, 0}), clock::Monotonic::now());
  EXPECT_LE(*ToInstant(CLOCK_MONOTONIC, {0, 1}), clock::Monotonic::now());
}

}  // namespace
}  // namespace ashlar::posix
