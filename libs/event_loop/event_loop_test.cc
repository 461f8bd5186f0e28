// The event loop with fake devices: it polls, and sleeps only when none has work.
// SPDX-License-Identifier: Apache-2.0
#include "libs/event_loop/event_loop.h"

#include <chrono>

#include <gtest/gtest.h>

#include "libs/clock/clock.h"
#include "libs/timer/timer.h"

namespace ashlar::event_loop {
namespace {

using std::chrono::milliseconds;

// Has work a given number of times, and then reports it at the last moment a given number of times.
class FakeDevice : public Poller {
 public:
  explicit FakeDevice(int work, int surprises = 0) : work_(work), surprises_(surprises) {
    Add(*this);
  }
  ~FakeDevice() { Leave(); }

  void Leave() {
    if (linked()) {
      Remove(*this);
    }
  }

  bool Poll() override {
    ++polls;
    if (leave_when_polled != nullptr) {
      leave_when_polled->Leave();
    }
    return work_ > 0 && work_-- > 0;
  }

  bool PrepareToWait() override {
    ++preparations;
    if (surprises_ == 0) {
      return true;
    }
    --surprises_;
    ++work_;
    return false;
  }

  FakeDevice* leave_when_polled = nullptr;
  int polls = 0;
  int preparations = 0;

 private:
  int work_;
  int surprises_;
};

clock::Instant In(int ms) { return clock::Monotonic::now() + milliseconds(ms); }

TEST(EventLoopTest, PollAsksEveryDeviceOnceAndNeverSleeps) {
  FakeDevice busy(1);
  FakeDevice idle(0);
  EXPECT_TRUE(Poll());
  EXPECT_FALSE(Poll());
  EXPECT_EQ(busy.polls, 2);
  EXPECT_EQ(idle.polls, 2);
  EXPECT_EQ(busy.preparations + idle.preparations, 0);
}

TEST(EventLoopTest, WaitReturnsAtOnceIfADeviceHasWork) {
  FakeDevice busy(1);
  EXPECT_TRUE(Wait(clock::kNever));
  EXPECT_EQ(busy.preparations, 0);
}

TEST(EventLoopTest, WaitDoesNotSleepIfWorkComesAtTheLastMoment) {
  FakeDevice device(0, 1);
  EXPECT_TRUE(Wait(clock::kNever));
  EXPECT_EQ(device.preparations, 1);
  EXPECT_EQ(device.polls, 2);
}

TEST(EventLoopTest, WaitEndsAtItsDeadline) {
  FakeDevice idle(0);
  const clock::Instant deadline = In(20);
  EXPECT_FALSE(Wait(deadline));
  EXPECT_GE(clock::Monotonic::now(), deadline);
}

TEST(EventLoopTest, ADeadlineInThePastPollsOnce) {
  FakeDevice idle(0);
  EXPECT_FALSE(Wait(clock::Instant::min()));
  EXPECT_EQ(idle.polls, 1);
  EXPECT_EQ(idle.preparations, 0);
}

TEST(EventLoopTest, ATimerEndsTheWait) {
  static constinit bool ran = false;
  timer::Timer timer([](timer::Timer&) { ran = true; });
  const clock::Instant due = In(10);
  timer.Arm(due);
  EXPECT_TRUE(Wait(clock::kNever));
  EXPECT_TRUE(ran);
  EXPECT_GE(clock::Monotonic::now(), due);
}

TEST(EventLoopTest, ADeviceMayLeaveWhileItIsPolled) {
  FakeDevice one(0);
  FakeDevice two(0);
  FakeDevice three(0);
  one.leave_when_polled = &one;
  two.leave_when_polled = &three;
  EXPECT_FALSE(Poll());
  EXPECT_FALSE(one.linked());
  EXPECT_FALSE(three.linked());
  EXPECT_EQ(one.polls, 1);
  EXPECT_EQ(two.polls, 1);
  EXPECT_EQ(three.polls, 0);
}

}  // namespace
}  // namespace ashlar::event_loop
