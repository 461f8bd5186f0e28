// What files do unless they know better, and their references and watchers.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {

Outcome<std::size_t> File::Read(std::span<const iovec>) { return Failure(EINVAL); }
Outcome<std::size_t> File::Write(std::span<const iovec>, Lifetime) { return Failure(EINVAL); }
bool File::Wait(Readiness, clock::Duration) { return false; }
Outcome<std::int64_t> File::Seek(std::int64_t, Whence) { return Failure(ESPIPE); }
Outcome<int> File::Control(unsigned long, void*) { return Failure(ENOTTY); }

void File::Notify(Readiness bits) {
  for (Watcher& watcher : watchers_) {
    if ((bits & (watcher.interest | kError | kHangUp)) != 0) {
      watcher.notify_(watcher, bits);
    }
  }
}

void File::Release() {
  if (--references_ != 0) {
    return;
  }
  while (!watchers_.empty()) {
    Watcher& watcher = watchers_.PopFront();
    watcher.notify_(watcher, kGone);
  }
  Close();
}

}  // namespace ashlar::posix
