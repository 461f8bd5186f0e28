// Semaphores.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include <limits>

#include "libs/posix/threads/locks.h"

namespace ashlar::posix {

int CountingSemaphore::TryWait() {
  if (value_ == 0) {
    return EAGAIN;
  }
  --value_;
  return 0;
}

int CountingSemaphore::Wait(clock::Instant deadline) {
  if (TryWait() == 0) {
    return 0;
  }
  return waiters_.WaitUntil(deadline) ? 0 : ETIMEDOUT;
}

int CountingSemaphore::Post() {
  if (waiters_.WakeOne() != nullptr) {
    return 0;
  }
  if (value_ == static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max())) {
    return EOVERFLOW;
  }
  ++value_;
  return 0;
}

}  // namespace ashlar::posix
