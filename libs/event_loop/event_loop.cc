// Polls, runs timers, sleeps.
// SPDX-License-Identifier: Apache-2.0
#include "libs/event_loop/event_loop.h"

#include <algorithm>

#include "libs/base/intrusive_list.h"
#include "libs/clock/clock.h"
#include "libs/events/events.h"
#include "libs/timer/timer.h"

namespace ashlar::event_loop {
namespace {

constinit IntrusiveList<Poller> pollers;
// The poller that is asked next, so that one may remove itself, or another, while it is asked.
constinit IntrusiveList<Poller>::iterator next = pollers.end();

bool PollDevices() {
  bool any = false;
  for (auto poller = pollers.begin(); poller != pollers.end(); poller = next) {
    next = poller;
    ++next;
    any |= poller->Poll();
  }
  next = pollers.end();
  return any;
}

// Turns notifications on. False if a device had something after all.
bool PrepareToWait() {
  bool quiet = true;
  for (Poller& poller : pollers) {
    quiet &= poller.PrepareToWait();
  }
  return quiet;
}

// The time, if there is anything to compare it with: reading the clock costs as much as polling a
// device.
clock::Instant TimeFor(clock::Instant deadline) {
  return deadline == clock::kNever ? clock::Instant::min() : clock::Monotonic::now();
}

}  // namespace

void Add(Poller& poller) { pollers.PushBack(poller); }

void Remove(Poller& poller) {
  if (next != pollers.end() && &*next == &poller) {
    ++next;
  }
  IntrusiveList<Poller>::Remove(poller);
}

bool Poll() {
  const bool devices = PollDevices();
  return timer::RunExpired(TimeFor(timer::NextDeadline())) || devices;
}

bool Wait(clock::Instant deadline) {
  for (;;) {
    const bool devices = PollDevices();
    const clock::Instant now = TimeFor(std::min(deadline, timer::NextDeadline()));
    if (timer::RunExpired(now) || devices) {
      return true;
    }
    if (now >= deadline) {
      return false;
    }
    if (PrepareToWait()) {
      events::Wait(std::min(deadline, timer::NextDeadline()));
    }
  }
}

}  // namespace ashlar::event_loop
