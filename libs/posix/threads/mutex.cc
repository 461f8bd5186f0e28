// Mutexes.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "libs/posix/threads/locks.h"

namespace ashlar::posix {

int Mutex::Lock(clock::Instant deadline) {
  if (owner_ == nullptr) [[likely]] {
    owner_ = &scheduler::Current();
    return 0;
  }
  return LockAgain(deadline);
}

int Mutex::LockAgain(clock::Instant deadline) {
  if (owner_ == &scheduler::Current()) {
    switch (type_) {
      case MutexType::kRecursive:
        ++depth_;
        return 0;
      case MutexType::kErrorCheck:
        return EDEADLK;
      case MutexType::kNormal:
        break;  // waits for itself, as POSIX has it
    }
  }
  return waiters_.WaitUntil(deadline) ? 0 : ETIMEDOUT;
}

int Mutex::TryLock() {
  if (owner_ == nullptr) {
    owner_ = &scheduler::Current();
    return 0;
  }
  if (type_ == MutexType::kRecursive && owner_ == &scheduler::Current()) {
    ++depth_;
    return 0;
  }
  return EBUSY;
}

int Mutex::Unlock() {
  if (type_ != MutexType::kNormal && owner_ != &scheduler::Current()) {
    return EPERM;
  }
  if (depth_ != 0) {
    --depth_;
    return 0;
  }
  // The next one owns it from now on, even before it runs.
  owner_ = waiters_.WakeOne();
  return 0;
}

}  // namespace ashlar::posix
