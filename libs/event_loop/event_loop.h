// The event loop: the one place where devices are polled, timers run and the CPU goes to sleep.
//
// It has no thread of its own. The scheduler calls Wait() from whichever thread finds nothing
// runnable, and Poll() when a thread yields; a program without threads calls them itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/base/intrusive_list.h"
#include "libs/clock/clock.h"

namespace ashlar::event_loop {

/// A device, or anything that has to be asked whether it has work. Lives as long as it is added.
class Poller : public IntrusiveListNode<Poller> {
 public:
  /// Does what is ready, a bounded batch of it, with notifications off. True if there was anything:
  /// then it is polled again before the CPU sleeps.
  virtual bool Poll() = 0;

  /// Asks the device to raise its event when something comes. False if something came in the
  /// meantime: the CPU does not sleep then, and Poll() is called. Called only when Poll() found
  /// nothing.
  virtual bool PrepareToWait() = 0;

 protected:
  ~Poller() = default;
};

void Add(Poller& poller);
void Remove(Poller& poller);

/// Asks every poller once and runs due timers. True if anything was done. Never sleeps.
bool Poll();

/// Polls until something was done; in between, sleeps until an event, a timer or `deadline`.
/// Returns at the latest at `deadline`. False if it returned because of the deadline alone.
bool Wait(clock::Instant deadline = clock::kNever);

}  // namespace ashlar::event_loop
