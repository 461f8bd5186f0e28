// times, in ticks of CLOCKS_PER_SEC: newlib's clock() takes them for its own.
// SPDX-License-Identifier: Apache-2.0
#include <sys/times.h>
#include <time.h>

#include "libs/clock/clock.h"

extern "C" clock_t times(tms* usage) {
  const auto since_boot = ashlar::clock::Monotonic::now().time_since_epoch();
  using Tick = std::chrono::duration<std::int64_t, std::ratio<1, CLOCKS_PER_SEC>>;
  const auto ticks = static_cast<clock_t>(std::chrono::duration_cast<Tick>(since_boot).count());
  *usage = {.tms_utime = ticks, .tms_stime = 0, .tms_cutime = 0, .tms_cstime = 0};
  return ticks;
}
