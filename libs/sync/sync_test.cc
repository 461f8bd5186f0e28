// Wait queues, mutexes, condition variables and semaphores, between threads.
// SPDX-License-Identifier: Apache-2.0
#include "libs/sync/sync.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "libs/clock/clock.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

clock::Instant In(clock::Duration duration) { return clock::Monotonic::now() + duration; }

// Threads that run lambdas; joined at the end of its life.
class Threads {
 public:
  ~Threads() {
    for (const auto& [_, thread] : started_) {
      scheduler::Join(*thread);
    }
  }
  void Start(std::function<void()> body) {
    auto owned = std::make_unique<std::function<void()>>(std::move(body));
    const auto thread = scheduler::Spawn(
        [](void* call) { (*static_cast<std::function<void()>*>(call))(); }, owned.get());
    EXPECT_TRUE(thread.has_value());
    started_.emplace_back(std::move(owned), *thread);
  }

 private:
  std::vector<std::pair<std::unique_ptr<std::function<void()>>, scheduler::Thread*>> started_;
};

TEST(WaitQueueTest, WakesInTheOrderTheyCame) {
  WaitQueue queue;
  std::string order;
  Threads threads;
  for (const char name : {'a', 'b', 'c'}) {
    threads.Start([&, name] {
      queue.Wait();
      order += name;
    });
  }
  scheduler::Yield();
  EXPECT_NE(queue.WakeOne(), nullptr);
  scheduler::Yield();
  EXPECT_EQ(order, "a");
  queue.WakeAll();
  EXPECT_TRUE(queue.empty());
  scheduler::Yield();
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(queue.WakeOne(), nullptr);
}

TEST(WaitQueueTest, AStrayWakeDoesNotEndTheWait) {
  WaitQueue queue;
  bool returned = false;
  scheduler::Thread* waiter = nullptr;
  Threads threads;
  threads.Start([&] {
    waiter = &scheduler::Current();
    queue.Wait();
    returned = true;
  });
  scheduler::Yield();
  scheduler::Wake(*waiter);
  scheduler::Yield();
  EXPECT_FALSE(returned);
  queue.WakeOne();
  scheduler::Yield();
  EXPECT_TRUE(returned);
}

TEST(WaitQueueTest, WhoGivesUpLeavesTheQueue) {
  WaitQueue queue;
  std::string order;
  Threads threads;
  threads.Start([&] {
    queue.Wait();
    order += 'a';
  });
  threads.Start([&] { order += queue.WaitUntil(In(milliseconds(5))) ? 'B' : 'b'; });
  threads.Start([&] { order += queue.WaitUntil(In(seconds(100))) ? 'C' : 'c'; });
  scheduler::Yield();
  EXPECT_FALSE(scheduler::BlockUntil(In(milliseconds(20))));
  EXPECT_EQ(order, "b");
  queue.WakeAll();
  scheduler::Yield();
  EXPECT_EQ(order, "baC");
}

TEST(MutexTest, OnlyOneHoldsIt) {
  Mutex mutex;
  int inside = 0;
  int most = 0;
  {
    Threads threads;
    for (int i = 0; i < 5; ++i) {
      threads.Start([&] {
        for (int round = 0; round < 10; ++round) {
          Lock lock(mutex);
          ++inside;
          most = inside > most ? inside : most;
          scheduler::Yield();
          --inside;
        }
      });
    }
  }
  EXPECT_EQ(most, 1);
  EXPECT_EQ(mutex.owner(), nullptr);
}

TEST(MutexTest, UnlockHandsItToTheFirstInLine) {
  Mutex mutex;
  std::string order;
  mutex.Lock();
  {
    Threads threads;
    threads.Start([&] {
      Lock lock(mutex);
      order += 'a';
    });
    threads.Start([&] {
      Lock lock(mutex);
      order += 'b';
    });
    scheduler::Yield();
    EXPECT_TRUE(mutex.held());
    mutex.Unlock();
    EXPECT_FALSE(mutex.TryLock());  // It is the first waiter's already.
    mutex.Lock();
    order += 'm';
    mutex.Unlock();
  }
  EXPECT_EQ(order, "abm");
}

TEST(MutexTest, LockUntilGivesUpAtItsDeadline) {
  Mutex mutex;
  mutex.Lock();
  {
    Threads threads;
    threads.Start([&] { EXPECT_FALSE(mutex.LockUntil(In(milliseconds(5)))); });
    scheduler::BlockUntil(In(milliseconds(20)));
  }
  mutex.Unlock();
  EXPECT_TRUE(mutex.LockUntil(clock::Instant::min()));
  mutex.Unlock();
}

TEST(ConditionVariableTest, CarriesItemsFromOneThreadToAnother) {
  Mutex mutex;
  ConditionVariable changed;
  std::vector<int> items;
  int sum = 0;
  {
    Threads threads;
    threads.Start([&] {
      for (int taken = 0; taken < 100; ++taken) {
        Lock lock(mutex);
        while (items.empty()) {
          changed.Wait(mutex);
        }
        EXPECT_TRUE(mutex.held());
        sum += items.back();
        items.pop_back();
      }
    });
    threads.Start([&] {
      for (int i = 1; i <= 100; ++i) {
        Lock lock(mutex);
        items.push_back(i);
        changed.NotifyOne();
        if (i % 7 == 0) {
          scheduler::Yield();
        }
      }
    });
  }
  EXPECT_EQ(sum, 5050);
}

TEST(ConditionVariableTest, ADeadlineStillLocksTheMutex) {
  Mutex mutex;
  ConditionVariable changed;
  Lock lock(mutex);
  EXPECT_FALSE(changed.WaitUntil(mutex, In(milliseconds(5))));
  EXPECT_TRUE(mutex.held());
}

TEST(ConditionVariableTest, NotifyAllReachesEveryWaiter) {
  Mutex mutex;
  ConditionVariable changed;
  int through = 0;
  {
    Threads threads;
    for (int i = 0; i < 4; ++i) {
      threads.Start([&] {
        Lock lock(mutex);
        changed.Wait(mutex);
        ++through;
      });
    }
    scheduler::Yield();
    changed.NotifyAll();
  }
  EXPECT_EQ(through, 4);
}

TEST(SemaphoreTest, GivesOutAsManyPermitsAsItHas) {
  Semaphore semaphore(2);
  EXPECT_TRUE(semaphore.TryAcquire());
  EXPECT_TRUE(semaphore.TryAcquire());
  EXPECT_FALSE(semaphore.TryAcquire());
  EXPECT_FALSE(semaphore.AcquireUntil(In(milliseconds(2))));
  semaphore.Release();
  EXPECT_EQ(semaphore.permits(), 1u);
  semaphore.Acquire();
  EXPECT_EQ(semaphore.permits(), 0u);
}

TEST(SemaphoreTest, AReleasedPermitIsTheWaitersAtOnce) {
  Semaphore semaphore;
  bool acquired = false;
  Threads threads;
  threads.Start([&] {
    semaphore.Acquire();
    acquired = true;
  });
  scheduler::Yield();
  semaphore.Release();
  EXPECT_FALSE(semaphore.TryAcquire());
  scheduler::Yield();
  EXPECT_TRUE(acquired);
}

TEST(SyncTest, AllZeroBytesAreIdle) {
  alignas(Mutex) unsigned char bytes[sizeof(Mutex)] = {};
  auto& mutex = *reinterpret_cast<Mutex*>(bytes);
  EXPECT_TRUE(mutex.TryLock());
  mutex.Unlock();
}

}  // namespace
}  // namespace ashlar::sync
