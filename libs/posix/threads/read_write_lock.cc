// Read-write locks.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "libs/posix/threads/locks.h"

namespace ashlar::posix {

int ReadWriteLock::TryLockShared() {
  if (writer_ != nullptr) {
    return EBUSY;
  }
  ++readers_;
  return 0;
}

int ReadWriteLock::TryLockExclusive() {
  if (writer_ != nullptr || readers_ != 0) {
    return EBUSY;
  }
  writer_ = &scheduler::Current();
  return 0;
}

int ReadWriteLock::LockShared(clock::Instant deadline) {
  if (TryLockShared() == 0) {
    return 0;
  }
  if (writer_ == &scheduler::Current()) {
    return EDEADLK;
  }
  Waiter waiter{.exclusive = false};
  waiters_.Join(waiter);
  return waiters_.Sleep(waiter, deadline) ? 0 : ETIMEDOUT;
}

int ReadWriteLock::LockExclusive(clock::Instant deadline) {
  if (TryLockExclusive() == 0) {
    return 0;
  }
  if (writer_ == &scheduler::Current()) {
    return EDEADLK;
  }
  return waiters_.Wait(deadline) ? 0 : ETIMEDOUT;
}

int ReadWriteLock::Unlock() {
  if (writer_ != nullptr) {
    writer_ = nullptr;
  } else if (readers_ != 0) {
    --readers_;
  } else {
    return EPERM;
  }
  if (readers_ == 0) {
    HandOver();
  }
  return 0;
}

/// To the first who waits; if that one only reads, to all readers that follow it directly.
void ReadWriteLock::HandOver() {
  while (!waiters_.empty()) {
    if (waiters_.first().exclusive) {
      if (readers_ == 0) {
        writer_ = &waiters_.WakeFirst();
      }
      return;
    }
    waiters_.WakeFirst();
    ++readers_;
  }
}

}  // namespace ashlar::posix
