// The clock: time since the machine started, and the time of day.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace ashlar::clock {

/// A std::chrono clock that only goes forward, in nanoseconds from an arbitrary start near boot.
struct Monotonic {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<Monotonic>;
  static constexpr bool is_steady = true;

  /// The time now. Any context; never blocks, never allocates, no system call. Two calls never go
  /// backwards.
  static time_point now();
};

using Duration = Monotonic::duration;
using Instant = Monotonic::time_point;

/// Later than any instant that comes: "no deadline".
inline constexpr Instant kNever = Instant::max();

/// Nanoseconds since 1970-01-01 00:00 UTC, or zero where the machine has no clock of day. Can be
/// stepped by the host; for durations use Monotonic.
std::chrono::nanoseconds UnixTime();

}  // namespace ashlar::clock
