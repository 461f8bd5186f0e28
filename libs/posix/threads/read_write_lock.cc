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
  return waiting_readers_.WaitUntil(deadline) ? 0 : ETIMEDOUT;
}

int ReadWriteLock::LockExclusive(clock::Instant deadline) {
  if (TryLockExclusive() == 0) {
    return 0;
  }
  if (writer_ == &scheduler::Current()) {
    return EDEADLK;
  }
  return waiting_writers_.WaitUntil(deadline) ? 0 : ETIMEDOUT;
}

int ReadWriteLock::Unlock() {
  if (writer_ == nullptr && readers_ == 0) {
    return EPERM;
  }
  if (writer_ != nullptr) {
    writer_ = nullptr;
    while (waiting_readers_.WakeOne() != nullptr) {
      ++readers_;
    }
  } else {
    --readers_;
  }
  if (readers_ == 0) {
    writer_ = waiting_writers_.WakeOne();
  }
  return 0;
}

}  // namespace ashlar::posix
