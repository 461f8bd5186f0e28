// clock_gettime and clock_getres.
// SPDX-License-Identifier: Apache-2.0
#include <time.h>

#include "libs/posix/time/time.h"

using namespace ashlar::posix;

extern "C" int clock_gettime(clockid_t clock, timespec* time) {
  const auto now = Now(clock);
  if (!now) {
    return Fail(now.error());
  }
  *time = ToTimespec(*now);
  return 0;
}

extern "C" int clock_getres(clockid_t clock, timespec* resolution) {
  if (const auto now = Now(clock); !now) {
    return Fail(now.error());
  }
  if (resolution != nullptr) {
    *resolution = {.tv_sec = 0, .tv_nsec = 1};
  }
  return 0;
}

extern "C" int clock_settime(clockid_t, const timespec*) { return Fail(EPERM); }
