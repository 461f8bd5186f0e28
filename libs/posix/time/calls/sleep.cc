// nanosleep, clock_nanosleep, usleep and sleep. Nothing interrupts them.
// SPDX-License-Identifier: Apache-2.0
#include <time.h>
#include <unistd.h>

#include "libs/posix/time/time.h"
#include "libs/scheduler/scheduler.h"

using namespace ashlar;
using namespace ashlar::posix;

namespace {

void SleepUntil(clock::Instant deadline) {
  while (scheduler::BlockUntil(deadline)) {
  }
}

}  // namespace

extern "C" int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec*) {
  if ((flags & TIMER_ABSTIME) != 0) {
    const auto deadline = ToInstant(clock, *time);
    if (!deadline) {
      return deadline.error().value;
    }
    SleepUntil(*deadline);
    return 0;
  }
  const auto duration = ToDuration(*time);
  if (!duration) {
    return duration.error().value;
  }
  SleepUntil(DeadlineAfter(*duration));
  return 0;
}

extern "C" int nanosleep(const timespec* time, timespec* left) {
  const int error = clock_nanosleep(CLOCK_MONOTONIC, 0, time, left);
  return error == 0 ? 0 : Fail(error);
}

extern "C" int usleep(useconds_t microseconds) {
  SleepUntil(DeadlineAfter(std::chrono::microseconds(microseconds)));
  return 0;
}

extern "C" unsigned sleep(unsigned seconds) {
  SleepUntil(DeadlineAfter(std::chrono::seconds(seconds)));
  return 0;
}
