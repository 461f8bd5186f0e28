// timerfd and eventfd: counts, semaphores, and what is left of a time.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/poll/timer_file.h"

#include <fcntl.h>

#include "gtest/gtest.h"
#include "libs/posix/poll/event_counter.h"
#include "libs/posix/poll/poll.h"

namespace ashlar::posix {
namespace {

Outcome<std::uint64_t> ReadNumber(File& file) {
  std::uint64_t number = 0;
  const iovec piece = {&number, sizeof(number)};
  (void)ASHLAR_TRY(Read(file, std::span(&piece, 1)));
  return number;
}

Outcome<std::size_t> WriteNumber(File& file, std::uint64_t number) {
  const iovec piece = {&number, sizeof(number)};
  return Write(file, std::span(&piece, 1));
}

TEST(TimerFileTest, CountsExpirations) {
  TimerFile& file = **TimerFile::Create(CLOCK_MONOTONIC, 0);
  file.Retain();
  const clock::Instant start = clock::Monotonic::now();
  file.Set(start + std::chrono::milliseconds(1), std::chrono::milliseconds(1));
  EXPECT_GE(ReadNumber(file).value_or(0), 1u);
  EXPECT_GE(ReadNumber(file).value_or(0), 1u);
  EXPECT_GE(clock::Monotonic::now() - start, std::chrono::milliseconds(2));
  file.Set(clock::kNever, clock::Duration(0));
  EXPECT_EQ(file.setting().left, kForever);
  file.set_flags(O_NONBLOCK);
  EXPECT_EQ(ReadNumber(file).error(), EAGAIN);
  file.Release();
}

TEST(TimerFileTest, TellsWhatIsLeft) {
  TimerFile& file = **TimerFile::Create(CLOCK_MONOTONIC, O_NONBLOCK);
  file.Retain();
  file.Set(clock::Monotonic::now() + std::chrono::hours(1), clock::Duration(0));
  EXPECT_GT(file.setting().left, std::chrono::minutes(59));
  EXPECT_EQ(file.readiness(), 0u);
  file.Release();
}

TEST(EventCounterTest, ReaderTakesTheSum) {
  EventCounter& counter = **EventCounter::Create(3, false, O_NONBLOCK);
  counter.Retain();
  EXPECT_EQ(WriteNumber(counter, 4), 8u);
  EXPECT_EQ(ReadNumber(counter), 7u);
  EXPECT_EQ(counter.readiness(), kWritable);
  EXPECT_EQ(ReadNumber(counter).error(), EAGAIN);
  EXPECT_EQ(WriteNumber(counter, ~std::uint64_t{0}).error(), EINVAL);
  EXPECT_EQ(WriteNumber(counter, ~std::uint64_t{0} - 1), 8u);
  EXPECT_EQ(counter.readiness(), kReadable);
  EXPECT_EQ(WriteNumber(counter, 1).error(), EAGAIN);
  counter.Release();
}

TEST(EventCounterTest, SemaphoreGivesOneAtATime) {
  EventCounter& counter = **EventCounter::Create(2, true, O_NONBLOCK);
  counter.Retain();
  EXPECT_EQ(ReadNumber(counter), 1u);
  EXPECT_EQ(ReadNumber(counter), 1u);
  EXPECT_EQ(ReadNumber(counter).error(), EAGAIN);
  counter.Release();
}

}  // namespace
}  // namespace ashlar::posix
