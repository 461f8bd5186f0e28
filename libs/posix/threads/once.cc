// Calling a function once.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/threads/locks.h"

namespace ashlar::posix {

void Once::Call(void (*function)()) {
  if (state_ == State::kDone) [[likely]] {
    return;
  }
  if (state_ == State::kNew) {
    state_ = State::kRunning;
    function();
    state_ = State::kDone;
    while (waiting_ != nullptr) {
      Caller& caller = *waiting_;
      waiting_ = caller.next;
      scheduler::Wake(caller.thread);
    }
    return;
  }
  Caller caller = {scheduler::Current(), waiting_};
  waiting_ = &caller;
  while (state_ != State::kDone) {
    scheduler::Block();
  }
}

}  // namespace ashlar::posix
