// gettimeofday, which newlib's time() stands on.
// SPDX-License-Identifier: Apache-2.0
#include <sys/time.h>

#include "libs/posix/time/time.h"

using namespace ashlar::posix;

extern "C" int gettimeofday(timeval* time, void*) {
  const timespec now = ToTimespec(*Now(CLOCK_REALTIME));
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}
