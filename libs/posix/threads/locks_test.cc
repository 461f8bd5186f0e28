// Mutexes, condition variables, read-write locks, semaphores and barriers, between threads.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/threads/locks.h"

#include <errno.h>

#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::posix {
namespace {

/// Runs a function in a thread of its own, until it is joined.
class TestThread {
 public:
  explicit TestThread(std::function<void()> function) : function_(std::move(function)) {
    thread_ =
        *scheduler::Spawn([](void* self) { static_cast<TestThread*>(self)->function_(); }, this);
  }
  void Join() { scheduler::Join(*thread_); }

 private:
  std::function<void()> function_;
  scheduler::Thread* thread_;
};

clock::Instant Soon() { return clock::Monotonic::now() + std::chrono::milliseconds(1); }

TEST(MutexTest, SecondOneWaitsUntilItIsHandedOver) {
  Mutex mutex;
  std::string order;
  EXPECT_EQ(mutex.Lock(), 0);
  TestThread other([&] {
    EXPECT_EQ(mutex.Lock(), 0);
    order += 'o';
    EXPECT_EQ(mutex.Unlock(), 0);
  });
  scheduler::Yield();
  order += 'm';
  EXPECT_EQ(mutex.Unlock(), 0);
  // It belongs to the other one already, though that has not run yet.
  EXPECT_EQ(mutex.TryLock(), EBUSY);
  other.Join();
  EXPECT_EQ(order, "mo");
  EXPECT_FALSE(mutex.locked());
}

TEST(MutexTest, LockGivesUpAtItsDeadline) {
  Mutex mutex;
  mutex.Lock();
  TestThread other([&] { EXPECT_EQ(mutex.Lock(Soon()), ETIMEDOUT); });
  other.Join();
  EXPECT_EQ(mutex.Unlock(), 0);
  EXPECT_EQ(mutex.TryLock(), 0);
}

TEST(MutexTest, RecursiveOneIsFreeAfterAsManyUnlocks) {
  Mutex mutex(MutexType::kRecursive);
  EXPECT_EQ(mutex.Lock(), 0);
  EXPECT_EQ(mutex.Lock(), 0);
  EXPECT_EQ(mutex.TryLock(), 0);
  EXPECT_EQ(mutex.Unlock(), 0);
  EXPECT_EQ(mutex.Unlock(), 0);
  EXPECT_TRUE(mutex.locked());
  EXPECT_EQ(mutex.Unlock(), 0);
  EXPECT_FALSE(mutex.locked());
  EXPECT_EQ(mutex.Unlock(), EPERM);
}

TEST(MutexTest, ErrorCheckingOneTellsOfMisuse) {
  Mutex mutex(MutexType::kErrorCheck);
  EXPECT_EQ(mutex.Unlock(), EPERM);
  EXPECT_EQ(mutex.Lock(), 0);
  EXPECT_EQ(mutex.Lock(), EDEADLK);
  TestThread other([&] { EXPECT_EQ(mutex.Unlock(), EPERM); });
  other.Join();
  EXPECT_EQ(mutex.Unlock(), 0);
}

TEST(ConditionVariableTest, WaitUnlocksAndLocksAgain) {
  Mutex mutex;
  ConditionVariable condition;
  bool ready = false;
  TestThread waiter([&] {
    mutex.Lock();
    while (!ready) {
      EXPECT_EQ(condition.Wait(mutex), 0);
    }
    EXPECT_TRUE(mutex.locked());
    mutex.Unlock();
  });
  scheduler::Yield();
  EXPECT_EQ(mutex.TryLock(), 0);
  ready = true;
  condition.NotifyOne();
  mutex.Unlock();
  waiter.Join();
}

TEST(ConditionVariableTest, WaitEndsAtItsDeadlineWithTheMutexHeld) {
  Mutex mutex;
  ConditionVariable condition;
  mutex.Lock();
  EXPECT_EQ(condition.Wait(mutex, Soon()), ETIMEDOUT);
  EXPECT_TRUE(mutex.locked());
  mutex.Unlock();
}

TEST(ConditionVariableTest, NotifyAllWakesEveryone) {
  Mutex mutex;
  ConditionVariable condition;
  int woken = 0;
  const auto wait = [&] {
    mutex.Lock();
    condition.Wait(mutex);
    ++woken;
    mutex.Unlock();
  };
  TestThread one(wait);
  TestThread two(wait);
  scheduler::Yield();
  condition.NotifyAll();
  one.Join();
  two.Join();
  EXPECT_EQ(woken, 2);
}

TEST(ReadWriteLockTest, ReadersShareAndAWriterWaits) {
  ReadWriteLock lock;
  bool written = false;
  EXPECT_EQ(lock.LockShared(), 0);
  EXPECT_EQ(lock.LockShared(), 0);
  EXPECT_EQ(lock.TryLockExclusive(), EBUSY);
  TestThread writer([&] {
    EXPECT_EQ(lock.LockExclusive(), 0);
    written = true;
    EXPECT_EQ(lock.LockShared(), EDEADLK);
    EXPECT_EQ(lock.Unlock(), 0);
  });
  scheduler::Yield();
  EXPECT_EQ(lock.Unlock(), 0);
  scheduler::Yield();
  EXPECT_FALSE(written);
  EXPECT_EQ(lock.Unlock(), 0);
  EXPECT_EQ(lock.TryLockShared(), EBUSY);
  writer.Join();
  EXPECT_TRUE(written);
  EXPECT_EQ(lock.Unlock(), EPERM);
}

TEST(ReadWriteLockTest, ReadersThatWaitGoBeforeTheNextWriter) {
  ReadWriteLock lock;
  std::string order;
  lock.LockExclusive();
  TestThread writer([&] {
    lock.LockExclusive();
    order += 'w';
    lock.Unlock();
  });
  TestThread reader([&] {
    lock.LockShared();
    order += 'r';
    lock.Unlock();
  });
  scheduler::Yield();
  lock.Unlock();
  writer.Join();
  reader.Join();
  EXPECT_EQ(order, "rw");
}

TEST(ReadWriteLockTest, WaitingEndsAtTheDeadline) {
  ReadWriteLock lock;
  lock.LockExclusive();
  TestThread other([&] {
    EXPECT_EQ(lock.LockShared(Soon()), ETIMEDOUT);
    EXPECT_EQ(lock.LockExclusive(Soon()), ETIMEDOUT);
  });
  other.Join();
  EXPECT_EQ(lock.Unlock(), 0);
  EXPECT_EQ(lock.TryLockExclusive(), 0);
}

TEST(CountingSemaphoreTest, PostLetsOneThrough) {
  CountingSemaphore semaphore(1);
  EXPECT_EQ(semaphore.TryWait(), 0);
  EXPECT_EQ(semaphore.TryWait(), EAGAIN);
  EXPECT_EQ(semaphore.Wait(Soon()), ETIMEDOUT);
  int passed = 0;
  const auto wait = [&] {
    semaphore.Wait();
    ++passed;
  };
  TestThread one(wait);
  TestThread two(wait);
  scheduler::Yield();
  EXPECT_EQ(semaphore.Post(), 0);
  one.Join();
  EXPECT_EQ(passed, 1);
  EXPECT_EQ(semaphore.value(), 0u);
  semaphore.Post();
  two.Join();
}

TEST(CountingSemaphoreTest, PostDoesNotOverflow) {
  CountingSemaphore semaphore(0x7fffffff);
  EXPECT_EQ(semaphore.Post(), EOVERFLOW);
}

TEST(BarrierTest, OneOfThemLeads) {
  Barrier barrier(3);
  int leaders = 0;
  const auto pass = [&] {
    for (int round = 0; round < 4; ++round) {
      leaders += barrier.Wait() ? 1 : 0;
    }
  };
  TestThread one(pass);
  TestThread two(pass);
  TestThread three(pass);
  one.Join();
  two.Join();
  three.Join();
  EXPECT_EQ(leaders, 4);
}

Once once;
int calls = 0;

TEST(OnceTest, FunctionRunsOnceAndTheOthersWaitForIt) {
  const auto call = [] {
    once.Call([] {
      scheduler::Yield();
      ++calls;
    });
    EXPECT_EQ(calls, 1);
  };
  TestThread one(call);
  TestThread two(call);
  one.Join();
  two.Join();
  call();
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace ashlar::posix
