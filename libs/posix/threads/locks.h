// Mutexes, condition variables, read-write locks, barriers, semaphores, once: what pthread_*_t and
// sem_t hold.
//
// Each is all zero when new, and not larger than C's type, over which it is laid. Functions return
// 0 or an errno number, as pthreads' do. Beside //libs/sync, whose queues they wait in, they have
// C's kinds of mutex and answer misuse with an error where C says so.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/scheduler/scheduler.h"
#include "libs/sync/sync.h"

namespace ashlar::posix {

enum class MutexType : int { kNormal = 0, kRecursive = 1, kErrorCheck = 2 };

class Mutex {
 public:
  constexpr explicit Mutex(MutexType type = MutexType::kNormal) : type_(type) {}

  /// ETIMEDOUT; EDEADLK: the caller holds it (kErrorCheck); EAGAIN: locked too often (kRecursive).
  int Lock(clock::Instant deadline = clock::kNever);
  /// EBUSY: somebody holds it.
  int TryLock();
  /// EPERM: the caller doesn't hold it (a normal mutex does not look).
  int Unlock();
  bool locked() const { return owner_ != nullptr; }

 private:
  int LockAgain(clock::Instant deadline);

  scheduler::Thread* owner_ = nullptr;
  sync::WaitQueue waiters_;
  std::uint64_t depth_ = 0;  // how often a recursive one was locked beyond once
  MutexType type_;
};

class ConditionVariable {
 public:
  /// Unlocks `mutex`, sleeps until notified, and locks it again. ETIMEDOUT; what Unlock says. No
  /// spurious wake-ups, but callers loop anyway.
  int Wait(Mutex& mutex, clock::Instant deadline = clock::kNever);
  void NotifyOne() { waiters_.WakeOne(); }
  void NotifyAll() { waiters_.WakeAll(); }

 private:
  sync::WaitQueue waiters_;
};

/// Readers share it as long as nobody writes; one that comes while a writer waits joins those who
/// read already, so that a thread may lock for reading twice. After a writer the readers that wait
/// go first, after the last reader a writer.
class ReadWriteLock {
 public:
  int LockShared(
      clock::Instant deadline = clock::kNever);  ///< ETIMEDOUT, EDEADLK: the caller writes
  int LockExclusive(clock::Instant deadline = clock::kNever);
  int TryLockShared();  ///< EBUSY
  int TryLockExclusive();
  /// Whichever the caller holds. EPERM: nobody holds it.
  int Unlock();

 private:
  scheduler::Thread* writer_ = nullptr;
  std::uint64_t readers_ = 0;
  sync::WaitQueue waiting_readers_;
  sync::WaitQueue waiting_writers_;
};

class CountingSemaphore {
 public:
  constexpr explicit CountingSemaphore(unsigned value = 0) : value_(value) {}
  int Wait(clock::Instant deadline = clock::kNever);  ///< ETIMEDOUT
  int TryWait();                                      ///< EAGAIN
  int Post();                                         ///< EOVERFLOW
  unsigned value() const { return value_; }

 private:
  std::uint32_t value_;
  sync::WaitQueue waiters_;
};

class Barrier {
 public:
  constexpr explicit Barrier(unsigned count) : count_(count) {}
  /// Sleeps until `count` threads are here. True in one of them.
  bool Wait();

 private:
  std::uint32_t count_;
  std::uint32_t arrived_ = 0;
  sync::WaitQueue waiters_;
};

class Once {
 public:
  /// Calls `function` if nobody did yet; waits if somebody is at it.
  void Call(void (*function)());

 private:
  enum class State : std::uint64_t { kNew, kRunning, kDone };
  struct Caller {
    scheduler::Thread& thread;
    Caller* next;
  };

  State state_ = State::kNew;
  Caller* waiting_ = nullptr;
};

}  // namespace ashlar::posix
