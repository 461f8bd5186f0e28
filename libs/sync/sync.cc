// Everything stands on wait queues, and those on the scheduler's Block and Wake.
// SPDX-License-Identifier: Apache-2.0
#include "libs/sync/sync.h"

#include "libs/base/check.h"
#include "libs/clock/clock.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::sync {

// On the waiting thread's stack.
struct WaitQueue::Waiter {
  scheduler::Thread& thread;
  Waiter* next;
  Waiter* previous;
  bool waiting;  // still in the queue
};

void WaitQueue::Append(Waiter& waiter) {
  waiter.previous = last_;
  (last_ == nullptr ? first_ : last_->next) = &waiter;
  last_ = &waiter;
}

void WaitQueue::Remove(Waiter& waiter) {
  (waiter.previous == nullptr ? first_ : waiter.previous->next) = waiter.next;
  (waiter.next == nullptr ? last_ : waiter.next->previous) = waiter.previous;
  waiter.waiting = false;
}

void WaitQueue::Wait() {
  Waiter waiter{
      .thread = scheduler::Current(), .next = nullptr, .previous = nullptr, .waiting = true};
  Append(waiter);
  do {
    scheduler::Block();
  } while (waiter.waiting);
}

bool WaitQueue::WaitUntil(clock::Instant deadline) {
  Waiter waiter{
      .thread = scheduler::Current(), .next = nullptr, .previous = nullptr, .waiting = true};
  Append(waiter);
  while (scheduler::BlockUntil(deadline) && waiter.waiting) {
  }
  // A wake that came together with the deadline counts: what it handed over is ours.
  if (!waiter.waiting) {
    return true;
  }
  Remove(waiter);
  return false;
}

scheduler::Thread* WaitQueue::WakeOne() {
  if (first_ == nullptr) {
    return nullptr;
  }
  scheduler::Thread& thread = first_->thread;
  Remove(*first_);
  scheduler::Wake(thread);
  return &thread;
}

void WaitQueue::WakeAll() {
  while (WakeOne() != nullptr) {
  }
}

bool Mutex::held() const { return owner_ == &scheduler::Current(); }

bool Mutex::TryLock() {
  if (owner_ != nullptr) {
    return false;
  }
  owner_ = &scheduler::Current();
  return true;
}

void Mutex::Lock() {
  if (!TryLock()) {
    ASHLAR_CHECK(!held());  // It would wait for itself.
    waiters_.Wait();
  }
}

bool Mutex::LockUntil(clock::Instant deadline) {
  if (TryLock()) {
    return true;
  }
  ASHLAR_CHECK(!held());
  return waiters_.WaitUntil(deadline);
}

void Mutex::Unlock() {
  ASHLAR_CHECK(held());
  owner_ = waiters_.WakeOne();
}

void ConditionVariable::Wait(Mutex& mutex) {
  mutex.Unlock();
  waiters_.Wait();
  mutex.Lock();
}

bool ConditionVariable::WaitUntil(Mutex& mutex, clock::Instant deadline) {
  mutex.Unlock();
  const bool notified = waiters_.WaitUntil(deadline);
  mutex.Lock();
  return notified;
}

bool Semaphore::TryAcquire() {
  if (permits_ == 0) {
    return false;
  }
  --permits_;
  return true;
}

void Semaphore::Acquire() {
  if (!TryAcquire()) {
    waiters_.Wait();
  }
}

bool Semaphore::AcquireUntil(clock::Instant deadline) {
  return TryAcquire() || waiters_.WaitUntil(deadline);
}

void Semaphore::Release() {
  if (waiters_.WakeOne() == nullptr) {
    ASHLAR_CHECK(++permits_ != 0);
  }
}

}  // namespace ashlar::sync
