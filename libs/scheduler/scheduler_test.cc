// Threads that take turns, block, are woken, sleep, are joined and exit.
// SPDX-License-Identifier: Apache-2.0
#include "libs/scheduler/scheduler.h"

#include <array>
#include <cfenv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/clock/clock.h"
#include "libs/event_loop/event_loop.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/thread_local_storage/thread_local_storage.h"

namespace ashlar::scheduler {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

clock::Instant In(clock::Duration duration) { return clock::Monotonic::now() + duration; }

// A thread that runs a lambda; joined at the end of its life unless that happened before.
class Running {
 public:
  explicit Running(std::function<void()> body, const Options& options = {})
      : body_(std::move(body)) {
    const Result<Thread*> thread =
        Spawn([](void* self) { static_cast<Running*>(self)->body_(); }, this, options);
    EXPECT_TRUE(thread.has_value());
    thread_ = *thread;
  }
  ~Running() { Join(); }
  void Join() {
    if (thread_ != nullptr) {
      scheduler::Join(*std::exchange(thread_, nullptr));
    }
  }
  Thread& thread() { return *thread_; }

 private:
  std::function<void()> body_;
  Thread* thread_ = nullptr;
};

TEST(SchedulerTest, ASpawnedThreadRunsOnlyWhenTheSpawnerLetsIt) {
  bool ran = false;
  Running thread([&] { ran = true; });
  EXPECT_FALSE(ran);
  thread.Join();
  EXPECT_TRUE(ran);
}

TEST(SchedulerTest, ThreadsTakeTurnsInTheOrderTheyCame) {
  std::string order;
  {
    Running a([&] {
      for (int i = 0; i < 3; ++i) {
        order += 'a';
        Yield();
      }
    });
    Running b([&] {
      for (int i = 0; i < 3; ++i) {
        order += 'b';
        Yield();
      }
    });
    Running c([&] {
      for (int i = 0; i < 3; ++i) {
        order += 'c';
        Yield();
      }
    });
  }
  EXPECT_EQ(order, "abcabcabc");
}

TEST(SchedulerTest, CurrentIsTheThreadThatRuns) {
  Thread& main = Current();
  Thread* seen = nullptr;
  Running thread([&] { seen = &Current(); }, {.name = "worker"});
  EXPECT_EQ(Name(thread.thread()), "worker");
  Thread* expected = &thread.thread();
  thread.Join();
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(&Current(), &main);
  EXPECT_EQ(Name(main), "main");
}

TEST(SchedulerTest, AWakeBeforeTheBlockIsRememberedOnce) {
  Wake(Current());
  Wake(Current());
  Block();
  EXPECT_FALSE(BlockUntil(In(milliseconds(1))));
}

TEST(SchedulerTest, AWakeWhileItYieldsIsRemembered) {
  Thread& main = Current();
  Running waker([&] { Wake(main); });
  Yield();
  EXPECT_TRUE(BlockUntil(In(seconds(10))));
}

TEST(SchedulerTest, BlockSleepsUntilTheWake) {
  Thread& main = Current();
  bool woken = false;
  Running waker([&] {
    woken = true;
    Wake(main);
  });
  while (!woken) {
    Block();
  }
  EXPECT_TRUE(woken);
}

TEST(SchedulerTest, BlockUntilEndsAtItsDeadline) {
  const clock::Instant deadline = In(milliseconds(20));
  EXPECT_FALSE(BlockUntil(deadline));
  EXPECT_GE(clock::Monotonic::now(), deadline);
  EXPECT_FALSE(BlockUntil(clock::Instant::min()));
}

TEST(SchedulerTest, SleepersWakeInTheOrderOfTheirDeadlines) {
  std::string order;
  const clock::Instant start = In(milliseconds(10));
  {
    Running a([&] {
      BlockUntil(start + milliseconds(20));
      order += 'a';
    });
    Running b([&] {
      BlockUntil(start);
      order += 'b';
    });
    Running c([&] {
      BlockUntil(start + milliseconds(10));
      order += 'c';
    });
  }
  EXPECT_EQ(order, "bca");
}

TEST(SchedulerTest, TwoThreadsThatAlwaysRunDoNotStarveTimers) {
  bool stop = false;
  std::array<Thread*, 2> pair{};
  const auto ping = [&](std::size_t mine) {
    while (!stop) {
      Wake(*pair[1 - mine]);
      Block();
    }
    Wake(*pair[1 - mine]);
  };
  Running a([&] { ping(0); });
  Running b([&] { ping(1); });
  pair = {&a.thread(), &b.thread()};
  EXPECT_FALSE(BlockUntil(In(milliseconds(5))));
  stop = true;
}

// Counts how often the event loop asks it.
struct Device : event_loop::Poller {
  Device() { event_loop::Add(*this); }
  ~Device() { event_loop::Remove(*this); }
  bool Poll() override {
    ++polls;
    return false;
  }
  bool PrepareToWait() override { return true; }
  int polls = 0;
};

TEST(SchedulerTest, YieldPollsTheEventLoop) {
  Device device;
  Yield();
  EXPECT_EQ(device.polls, 1);
}

// Threads of which each starts the next one and ends.
struct Chain {
  Thread& starter;
  int left;

  static void Run(void* chain) {
    auto& self = *static_cast<Chain*>(chain);
    if (--self.left == 0) {
      Wake(self.starter);
    } else {
      self.StartOne();
    }
  }
  void StartOne() {
    const Result<Thread*> thread = Spawn(&Run, this);
    ASSERT_TRUE(thread.has_value());
    Detach(**thread);
  }
};

TEST(SchedulerTest, ThreadsThatOnlyEndDoNotStarveDevices) {
  Device device;
  Chain chain = {.starter = Current(), .left = 256};
  chain.StartOne();
  while (chain.left > 0) {
    Block();
  }
  EXPECT_GE(device.polls, 4);
}

TEST(SchedulerTest, JoinWaitsForTheEndAndWhoEndedFirstIsJoinedAtOnce) {
  bool early_ended = false;
  bool late_ended = false;
  Running early([&] { early_ended = true; });
  Running late([&] {
    BlockUntil(In(milliseconds(5)));
    late_ended = true;
  });
  Yield();
  EXPECT_TRUE(early_ended);
  EXPECT_FALSE(late_ended);
  early.Join();
  EXPECT_FALSE(late_ended);
  late.Join();
  EXPECT_TRUE(late_ended);
}

TEST(SchedulerTest, ExitEndsTheThreadFromAnyDepth) {
  bool before = false;
  bool after = false;
  Running thread([&] {
    before = true;
    [] { Exit(); }();
    after = true;
  });
  thread.Join();
  EXPECT_TRUE(before);
  EXPECT_FALSE(after);
}

TEST(SchedulerTest, ThousandsOfThreadsLeaveNothingBehind) {
  static constinit int ended = 0;
  std::size_t before = 0;
  for (int round = 0; round < 3000; ++round) {
    if (round == 10) {
      before = page_allocator::Measure().free_bytes;
    }
    const Result<Thread*> thread =
        Spawn([](void*) { ++ended; }, nullptr, {.stack_size = 4 * kPageSize});
    ASSERT_TRUE(thread.has_value());
    if (round % 3 == 0) {
      Join(**thread);
    } else if (round % 3 == 1) {
      Detach(**thread);
      Yield();
    } else {
      Yield();
      Detach(**thread);
    }
  }
  EXPECT_EQ(ended, 3000);
  BlockUntil(In(milliseconds(1)));  // Idle, it frees the last one.
  EXPECT_GE(page_allocator::Measure().free_bytes + kMiB / 4, before);
}

TEST(SchedulerTest, WithoutMemoryThereIsNoThread) {
  const std::size_t total = page_allocator::Measure().total_bytes;
  for (const std::size_t size : {total, SIZE_MAX - kPageSize, SIZE_MAX}) {
    EXPECT_EQ(Spawn([](void*) {}, nullptr, {.stack_size = size}).error(), Error::kOutOfMemory);
  }
}

TEST(SchedulerTest, TheWholeStackCanBeUsed) {
  bool intact = false;
  Running thread(
      [&] {
        std::array<volatile std::uint8_t, 48 * kKiB> large;
        for (std::size_t i = 0; i < large.size(); ++i) {
          large[i] = static_cast<std::uint8_t>(i);
        }
        Yield();
        intact = true;
        for (std::size_t i = 0; i < large.size(); ++i) {
          intact = intact && large[i] == static_cast<std::uint8_t>(i);
        }
      },
      {.stack_size = 64 * kKiB});
  thread.Join();
  EXPECT_TRUE(intact);
}

TEST(SchedulerTest, FloatingPointModesBelongToTheThread) {
  ASSERT_EQ(std::fesetround(FE_UPWARD), 0);
  int inherited = 0;
  int after_switch = 0;
  Running thread([&] {
    inherited = std::fegetround();
    std::fesetround(FE_DOWNWARD);
    Yield();
    after_switch = std::fegetround();
  });
  std::fesetround(FE_TONEAREST);
  Yield();
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
  thread.Join();
  EXPECT_EQ(inherited, FE_UPWARD);
  EXPECT_EQ(after_switch, FE_DOWNWARD);
}

thread_local int own = 5;

TEST(SchedulerTest, EachThreadHasItsOwnThreadLocalVariables) {
  if (thread_local_storage::BlockSize() == 0) {
    GTEST_SKIP() << "the C library's thread-local variables belong to its own threads here";
  }
  own = 1;
  int first = 0;
  int later = 0;
  Running thread([&] {
    first = own;
    own = 7;
    Yield();
    later = own;
  });
  Yield();
  EXPECT_EQ(own, 1);
  thread.Join();
  EXPECT_EQ(own, 1);
  EXPECT_EQ(first, 5);
  EXPECT_EQ(later, 7);
}

TEST(SchedulerTest, TheExitHookRunsOnEachEndingThread) {
  static std::vector<Thread*> ended;
  SetExitHook([] { ended.push_back(&Current()); });
  Running a([] {});
  Running b([] { Exit(); });
  const std::vector<Thread*> expected = {&a.thread(), &b.thread()};
  a.Join();
  b.Join();
  SetExitHook(nullptr);
  EXPECT_EQ(ended, expected);
}

}  // namespace
}  // namespace ashlar::scheduler
