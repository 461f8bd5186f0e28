// Clocks and sleeping, as a guest's program calls them.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <chrono>

#include "gtest/gtest.h"

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST(TimeCallsTest, ClocksTellTheTime) {
  timespec time;
  EXPECT_EQ(clock_gettime(CLOCK_MONOTONIC, &time), 0);
  EXPECT_EQ(clock_gettime(CLOCK_REALTIME, &time), 0);
  EXPECT_EQ(clock_getres(CLOCK_REALTIME, &time), 0);
  EXPECT_EQ(time.tv_nsec, 1);
  EXPECT_EQ(clock_gettime(static_cast<clockid_t>(99), &time), -1);
  EXPECT_EQ(errno, EINVAL);
  const time_t before = ::time(nullptr);
  timeval now;
  EXPECT_EQ(gettimeofday(&now, nullptr), 0);
  EXPECT_GE(now.tv_sec, before);
  EXPECT_LE(now.tv_sec, ::time(nullptr));
}

TEST(TimeCallsTest, SleepersSleep) {
  const auto start = steady_clock::now();
  const timespec two = {.tv_sec = 0, .tv_nsec = 2'000'000};
  EXPECT_EQ(nanosleep(&two, nullptr), 0);
  EXPECT_GE(steady_clock::now() - start, milliseconds(2));
  EXPECT_EQ(usleep(2000), 0);
  EXPECT_GE(steady_clock::now() - start, milliseconds(4));
  EXPECT_EQ(sleep(0), 0u);
  timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += (until.tv_nsec + 2'000'000) / 1'000'000'000;
  until.tv_nsec = (until.tv_nsec + 2'000'000) % 1'000'000'000;
  EXPECT_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr), 0);
  EXPECT_GE(steady_clock::now() - start, milliseconds(6));
  const timespec bad = {.tv_sec = 0, .tv_nsec = -1};
  EXPECT_EQ(nanosleep(&bad, nullptr), -1);
  EXPECT_EQ(errno, EINVAL);
}

TEST(TimeCallsTest, CpuTimeGoesOnInMicroseconds) {
  EXPECT_EQ(CLOCKS_PER_SEC, 1'000'000);  // [POSIX.1-2017 <time.h>]
  const clock_t before = clock();
  const auto start = steady_clock::now();
  while (steady_clock::now() - start < milliseconds(5)) {
  }
  EXPECT_GE(clock() - before, 4'000);
}

}  // namespace
