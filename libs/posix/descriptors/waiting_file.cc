// Sleeping until a file is ready.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/descriptors/waiting_file.h"

#include "libs/scheduler/scheduler.h"

namespace ashlar::posix {
namespace {

struct Sleeper : Watcher {
  explicit Sleeper(Readiness wanted)
      : Watcher([](Watcher& watcher,
                   Readiness) { scheduler::Wake(static_cast<Sleeper&>(watcher).thread); },
                wanted),
        thread(scheduler::Current()) {}
  scheduler::Thread& thread;
};

}  // namespace

bool WaitingFile::Wait(Readiness wanted, clock::Duration timeout) {
  const bool ready = (readiness() & (wanted | kError | kHangUp)) != 0;
  return ready ||
         WaitUntil(wanted, timeout == kForever ? clock::kNever : clock::Monotonic::now() + timeout);
}

bool WaitingFile::WaitUntil(Readiness wanted, clock::Instant deadline) {
  wanted |= kError | kHangUp;
  if ((readiness() & wanted) != 0) {
    return true;
  }
  Sleeper sleeper(wanted);
  Watch(sleeper);
  bool in_time = true;
  if (deadline == clock::kNever) {
    while ((readiness() & wanted) == 0) {
      scheduler::Block();
    }
  } else {
    while ((readiness() & wanted) == 0 && in_time) {
      in_time = scheduler::BlockUntil(deadline);
    }
  }
  Unwatch(sleeper);
  return in_time || (readiness() & wanted) != 0;
}

}  // namespace ashlar::posix
