// WaitQueue: threads that sleep until somebody wakes them.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/threads/wait_queue.h"

namespace ashlar::posix {

void WaitQueue::Join(Waiter& waiter) {
  if (first_ == nullptr) {
    first_ = &waiter;
  } else {
    last_->next = &waiter;
  }
  last_ = &waiter;
}

void WaitQueue::Leave(Waiter& waiter) {
  Waiter* previous = nullptr;
  for (Waiter* other = first_; other != &waiter; other = other->next) {
    previous = other;
  }
  (previous == nullptr ? first_ : previous->next) = waiter.next;
  if (last_ == &waiter) {
    last_ = previous;
  }
}

bool WaitQueue::Sleep(Waiter& waiter, clock::Instant deadline) {
  while (!waiter.woken) {
    if (deadline == clock::kNever) {
      scheduler::Block();
    } else if (!scheduler::BlockUntil(deadline) && !waiter.woken) {
      Leave(waiter);
      return false;
    }
  }
  return true;
}

scheduler::Thread& WaitQueue::WakeFirst() {
  Waiter& waiter = *first_;
  first_ = waiter.next;
  if (first_ == nullptr) {
    last_ = nullptr;
  }
  waiter.woken = true;
  scheduler::Wake(*waiter.thread);
  return *waiter.thread;
}

void WaitQueue::WakeAll() {
  while (!empty()) {
    WakeFirst();
  }
}

}  // namespace ashlar::posix
