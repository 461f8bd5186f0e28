// The clock of a Linux process that has a C library: tools and unit tests.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <ctime>

#include "libs/clock/clock.h"

namespace ashlar::clock {
namespace {

std::chrono::nanoseconds Read(clockid_t id) {
  timespec time;
  clock_gettime(id, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Instant Monotonic::now() { return Instant(Read(CLOCK_MONOTONIC)); }

std::chrono::nanoseconds UnixTime() { return Read(CLOCK_REALTIME); }

}  // namespace ashlar::clock
