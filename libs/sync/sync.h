// Waiting for each other: wait queues, mutexes, condition variables, semaphores.
//
// All are for threads, not for interrupt handlers, and allocate nothing. Whoever waited longest
// goes first, and what he waited for is handed to him: nobody can overtake him. All-zero bytes are
// a valid, idle object of each kind, so that C's static initialisers can stand for them. None may
// be destroyed while a thread waits.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/clock/clock.h"

namespace ashlar::scheduler {
class Thread;
}

namespace ashlar::sync {

/// Threads that wait for the same thing, in the order they came.
class WaitQueue {
 public:
  constexpr WaitQueue() = default;
  WaitQueue(const WaitQueue&) = delete;
  WaitQueue& operator=(const WaitQueue&) = delete;

  bool empty() const { return first_ == nullptr; }

  /// Sleeps until WakeOne or WakeAll reaches the calling thread; never returns for another reason.
  void Wait();
  /// The same, but no longer than until `deadline`. False if the deadline passed first.
  bool WaitUntil(clock::Instant deadline);

  /// Takes the thread that waits longest out of the queue and wakes it. nullptr if nobody waits.
  scheduler::Thread* WakeOne();
  void WakeAll();

 private:
  struct Waiter;
  void Append(Waiter& waiter);
  void Remove(Waiter& waiter);

  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

/// Mutual exclusion between threads. Not recursive: locking twice panics, as does unlocking
/// another's.
class Mutex {
 public:
  constexpr Mutex() = default;

  void Lock();
  /// Never waits. False if somebody holds it.
  bool TryLock();
  /// False if the deadline passed first.
  bool LockUntil(clock::Instant deadline);
  /// Hands it to the thread that waits longest, if any. The calling thread must hold it.
  void Unlock();

  /// Who holds it, or nullptr.
  const scheduler::Thread* owner() const { return owner_; }
  /// Whether the calling thread holds it.
  bool held() const;

 private:
  scheduler::Thread* owner_ = nullptr;
  WaitQueue waiters_;
};

/// Holds a mutex as long as it lives.
class [[nodiscard]] Lock {
 public:
  explicit Lock(Mutex& mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~Lock() { mutex_.Unlock(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  Mutex& mutex_;
};

/// A change that threads wait for while they hold a mutex.
class ConditionVariable {
 public:
  constexpr ConditionVariable() = default;

  /// Unlocks `mutex`, which the calling thread holds, waits for a Notify that comes from then on,
  /// and locks again. No wakes without a reason; check the condition all the same, as another
  /// thread may have run in between.
  void Wait(Mutex& mutex);
  /// The same, but waits no longer than until `deadline`; then false, and the mutex is locked all
  /// the same.
  bool WaitUntil(Mutex& mutex, clock::Instant deadline);

  /// Wakes the thread that waits longest, if any; with or without the mutex held.
  void NotifyOne() { waiters_.WakeOne(); }
  void NotifyAll() { waiters_.WakeAll(); }

 private:
  WaitQueue waiters_;
};

/// A number of permits.
class Semaphore {
 public:
  constexpr explicit Semaphore(std::uint32_t permits = 0) : permits_(permits) {}

  /// Takes one permit, waiting for it.
  void Acquire();
  /// Never waits. False if there is none.
  bool TryAcquire();
  /// False if the deadline passed first.
  bool AcquireUntil(clock::Instant deadline);
  /// Gives one permit: to the thread that waits longest, if any.
  void Release();

  std::uint32_t permits() const { return permits_; }

 private:
  std::uint32_t permits_;
  WaitQueue waiters_;
};

}  // namespace ashlar::sync
