// Barriers.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/threads/locks.h"

namespace ashlar::posix {

bool Barrier::Wait() {
  if (++arrived_ == count_) {
    arrived_ = 0;
    waiters_.WakeAll();
    return true;
  }
  waiters_.Wait();
  return false;
}

}  // namespace ashlar::posix
