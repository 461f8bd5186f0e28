// poll(): looks, and only if nothing is ready puts a watcher on each file and sleeps.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/poll/poll.h"

#include <algorithm>
#include <new>

#include "libs/heap/heap.h"
#include "libs/posix/time/time.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::posix {
namespace {

/// Fills in the results of every descriptor.
int Look(std::span<pollfd> descriptors) {
  int ready = 0;
  for (pollfd& entry : descriptors) {
    entry.revents = 0;
    if (entry.fd < 0) {
      continue;
    }
    const File* const file = Find(entry.fd);
    const Readiness wanted = static_cast<unsigned short>(entry.events);
    const Readiness result =
        file == nullptr ? POLLNVAL : ToEvents(file->readiness()) & (wanted | kError | kHangUp);
    entry.revents = static_cast<short>(result);
    ready += result != 0 ? 1 : 0;
  }
  return ready;
}

struct Sleeper : Watcher {
  Sleeper(File& file, Readiness interest, bool& woken)
      : Watcher(&Notify, interest), file(file), woken(woken), thread(scheduler::Current()) {
    file.Retain();
    file.Watch(*this);
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() {
    file.Unwatch(*this);
    file.Release();
  }

  static void Notify(Watcher& watcher, Readiness) {
    auto& sleeper = static_cast<Sleeper&>(watcher);
    if (!sleeper.woken) {
      sleeper.woken = true;
      scheduler::Wake(sleeper.thread);
    }
  }

  File& file;
  bool& woken;
  scheduler::Thread& thread;
};

/// Memory for the watchers of one call: on the stack for the few descriptors that poll() mostly
/// has.
class Sleepers {
 public:
  Sleepers() = default;
  Sleepers(const Sleepers&) = delete;
  Sleepers& operator=(const Sleepers&) = delete;
  ~Sleepers() {
    while (count_ != 0) {
      sleepers_[--count_].~Sleeper();
    }
    if (sleepers_ != FewMemory()) {
      heap::Free(sleepers_);
    }
  }

  bool Reserve(std::size_t count) {
    if (count > kFew) {
      sleepers_ = static_cast<Sleeper*>(heap::Allocate(count * sizeof(Sleeper)));
    }
    return sleepers_ != nullptr;
  }
  void Add(File& file, Readiness interest, bool& woken) {
    ::new (&sleepers_[count_]) Sleeper(file, interest, woken);
    ++count_;
  }

 private:
  static constexpr std::size_t kFew = 8;
  Sleeper* FewMemory() { return reinterpret_cast<Sleeper*>(few_); }

  alignas(Sleeper) std::byte few_[kFew * sizeof(Sleeper)];
  Sleeper* sleepers_ = FewMemory();
  std::size_t count_ = 0;
};

}  // namespace

Outcome<int> Poll(std::span<pollfd> descriptors, clock::Duration timeout) {
  if (const int ready = Look(descriptors); ready != 0) {
    NoteBusy();
    return ready;
  }
  if (timeout == clock::Duration::zero()) {
    scheduler::Yield();
    return Look(descriptors);
  }
  const clock::Instant deadline = DeadlineAfter(timeout);
  bool woken = false;
  Sleepers sleepers;
  if (!sleepers.Reserve(descriptors.size())) {
    return Failure(ENOMEM);
  }
  for (const pollfd& entry : descriptors) {
    if (entry.fd >= 0) {
      sleepers.Add(*Find(entry.fd), FromEvents(static_cast<unsigned short>(entry.events)), woken);
    }
  }
  while (true) {
    bool in_time = true;
    while (!woken && in_time) {
      if (deadline == clock::kNever) {
        scheduler::Block();
      } else {
        in_time = scheduler::BlockUntil(deadline);
      }
    }
    woken = false;
    const int ready = Look(descriptors);
    if (ready != 0 || !in_time) {
      return ready;
    }
  }
}

}  // namespace ashlar::posix
