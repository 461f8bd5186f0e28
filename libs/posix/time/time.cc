// POSIX's clocks and timeouts in terms of the system's clock.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/time/time.h"

namespace ashlar::posix {
namespace {

using std::chrono::nanoseconds;

constexpr long kSecond = 1'000'000'000;

bool Valid(const timespec& time) { return time.tv_nsec >= 0 && time.tv_nsec < kSecond; }

/// Of whole seconds no more than this: about 280 years are all that nanoseconds hold.
constexpr std::int64_t kLongest = 8'000'000'000;

nanoseconds SinceBoot() { return clock::Monotonic::now().time_since_epoch(); }

}  // namespace

Outcome<nanoseconds> Now(clockid_t id) {
  switch (static_cast<long>(id)) {
    case CLOCK_REALTIME: {
      const nanoseconds unix_time = clock::UnixTime();
      return unix_time.count() != 0 ? unix_time : SinceBoot();
    }
    case CLOCK_MONOTONIC:
#ifdef CLOCK_MONOTONIC_RAW
    case CLOCK_MONOTONIC_RAW:
#endif
#ifdef CLOCK_MONOTONIC_COARSE
    case CLOCK_MONOTONIC_COARSE:
#endif
#ifdef CLOCK_BOOTTIME
    case CLOCK_BOOTTIME:
#endif
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
      return SinceBoot();
#ifdef CLOCK_REALTIME_COARSE
    case CLOCK_REALTIME_COARSE:
      return Now(CLOCK_REALTIME);
#endif
    default:
      return Failure(EINVAL);
  }
}

Outcome<clock::Duration> ToDuration(const timespec& time) {
  if (!Valid(time) || time.tv_sec < 0) {
    return Failure(EINVAL);
  }
  if (time.tv_sec >= kLongest) {
    return kForever;
  }
  return clock::Duration(static_cast<std::int64_t>(time.tv_sec) * kSecond + time.tv_nsec);
}

Outcome<clock::Instant> ToInstant(clockid_t clock, const timespec& time) {
  const nanoseconds now = ASHLAR_TRY(Now(clock));
  if (!Valid(time)) {
    return Failure(EINVAL);
  }
  const clock::Instant here = clock::Monotonic::now();
  if (time.tv_sec < 0) {
    return here;
  }
  if (time.tv_sec >= kLongest) {
    return clock::kNever;
  }
  return here +
         (nanoseconds(static_cast<std::int64_t>(time.tv_sec) * kSecond + time.tv_nsec) - now);
}

clock::Instant DeadlineAfter(clock::Duration timeout) {
  if (timeout == kForever) {
    return clock::kNever;
  }
  const clock::Instant now = clock::Monotonic::now();
  return timeout >= clock::kNever - now ? clock::kNever : now + timeout;
}

}  // namespace ashlar::posix
