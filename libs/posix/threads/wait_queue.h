// WaitQueue: threads that sleep until somebody wakes them, first come first served.
//
// Everything pthreads waits with is made of it. A queue is two words, all zero when empty, so that it fits into C's
// statically initialised objects. Cooperative threads on one CPU: nothing here is locked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/clock/clock.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::posix {

/// One sleeping thread. Lives on its stack.
struct Waiter {
  scheduler::Thread* thread = &scheduler::Current();
  Waiter* next = nullptr;
  bool woken = false;
  bool exclusive = true;  ///< for read-write locks: wants to write
};

class WaitQueue {
 public:
  bool empty() const { return first_ == nullptr; }
  Waiter& first() { return *first_; }

  /// Puts the calling thread at the end; it must Sleep() next, with nothing that blocks in between but what it does on
  /// purpose (a condition variable unlocks its mutex).
  void Join(Waiter& waiter);
  /// Sleeps until woken. False: `deadline` came first, and the waiter has left the queue.
  bool Sleep(Waiter& waiter, clock::Instant deadline);
  bool Wait(clock::Instant deadline) {
    Waiter waiter;
    Join(waiter);
    return Sleep(waiter, deadline);
  }

  /// Takes the first one out and makes it runnable; the queue must not be empty. Returns its thread.
  scheduler::Thread& WakeFirst();
  void WakeAll();

 private:
  void Leave(Waiter& waiter);

  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

}  // namespace ashlar::posix
