// A program that always finds something ready.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/poll/poll.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::posix {

void NoteBusy() {
  constexpr int kTurns = 64;
  static constinit int turns = 0;
  if (++turns >= kTurns) {
    turns = 0;
    scheduler::Yield();
  }
}

}  // namespace ashlar::posix
