// POSIX's clocks and timeouts in terms of the system's clock.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

#include <chrono>
#include <optional>

#include "libs/clock/clock.h"
#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {

/// What clock_gettime(`id`) tells. CLOCK_REALTIME goes on from zero at boot on a machine without a
/// clock of day. CLOCK_PROCESS_CPUTIME_ID and CLOCK_THREAD_CPUTIME_ID are the time since boot.
/// EINVAL: no such clock.
Outcome<std::chrono::nanoseconds> Now(clockid_t id);

/// The instant at which `clock` shows `time`. EINVAL: no such clock, or nanoseconds outside one
/// second.
Outcome<clock::Instant> ToInstant(clockid_t clock, const timespec& time);

/// A duration; EINVAL if it is negative or its nanoseconds are outside one second. Long ones become
/// kForever.
Outcome<clock::Duration> ToDuration(const timespec& time);

/// The instant `timeout` from now, kNever for kForever.
clock::Instant DeadlineAfter(clock::Duration timeout);

inline timespec ToTimespec(std::chrono::nanoseconds time) {
  timespec result = {};
  result.tv_sec = static_cast<time_t>(time.count() / 1'000'000'000);
  result.tv_nsec = static_cast<long>(time.count() % 1'000'000'000);
  return result;
}

}  // namespace ashlar::posix
