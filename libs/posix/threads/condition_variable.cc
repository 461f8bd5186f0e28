// Condition variables.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "libs/posix/threads/locks.h"

namespace ashlar::posix {

int ConditionVariable::Wait(Mutex& mutex, clock::Instant deadline) {
  if (const int error = mutex.Unlock(); error != 0) {
    return error;
  }
  // Nobody runs between the two: Unlock does not switch threads.
  const bool notified = waiters_.WaitUntil(deadline);
  const int error = mutex.Lock();
  return error != 0 ? error : notified ? 0 : ETIMEDOUT;
}

}  // namespace ashlar::posix
