// Timers: callbacks at a deadline, run by the event loop, never in interrupt context.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/clock/clock.h"

namespace ashlar::timer {

/// A deadline and what to do then. Lives in its owner; must be disarmed before it is destroyed.
/// One-shot: Expired() may arm it again. Arm and Disarm cost O(log n) of the armed timers, and
/// allocate nothing.
class Timer {
 public:
  using Callback = void (*)(Timer&);

  /// `expired` is called from RunExpired() with this timer, disarmed: derive from Timer to know
  /// more.
  constexpr explicit Timer(Callback expired) : expired_(expired) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Sets the deadline, also when armed already.
  void Arm(clock::Instant deadline);
  /// Does nothing if it isn't armed.
  void Disarm();
  bool armed() const { return armed_; }
  clock::Instant deadline() const { return deadline_; }

 private:
  friend struct Heap;  // timer.cc: a pairing heap through these links
  Callback expired_;
  clock::Instant deadline_ = clock::kNever;
  Timer* child_ = nullptr;
  Timer* next_ = nullptr;
  Timer* previous_ = nullptr;  // the parent, for a first child
  bool armed_ = false;
};
static_assert(sizeof(Timer) == 48, "README.md says 48 bytes");

/// The earliest deadline armed, or clock::kNever.
clock::Instant NextDeadline();

/// Runs every timer whose deadline is not after `now`, earliest first. True if there was one.
bool RunExpired(clock::Instant now);

}  // namespace ashlar::timer
