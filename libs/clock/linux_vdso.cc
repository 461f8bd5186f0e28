// The clock of a Linux process without a C library: clock_gettime, through the vDSO where there is
// one.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdint>

#include "libs/clock/clock.h"
#include "libs/linux/linux.h"
#include "libs/linux/process.h"
#include "libs/linux/vdso.h"

namespace ashlar::clock {
namespace {

using ClockGettime = long (*)(int clock, linux::Timespec* time);

long EnterKernel(int clock, linux::Timespec* time) {
  return linux::SystemCall(linux::Number::kClockGettime, clock, time);
}

long FindFirst(int clock, linux::Timespec* time);

// The first call replaces it by what it found. Calls that overlap find the same.
constinit ClockGettime clock_gettime = FindFirst;

long FindFirst(int clock, linux::Timespec* time) {
  const auto* image = reinterpret_cast<const void*>(linux::process::AuxiliaryValue(linux::kAtVdso));
  const std::uintptr_t function = linux::vdso::Find(image, linux::kVdsoClockGettime);
  clock_gettime = function != 0 ? reinterpret_cast<ClockGettime>(function) : EnterKernel;
  return clock_gettime(clock, time);
}

std::chrono::nanoseconds Read(int clock) {
  linux::Timespec time;
  // Cannot fail: both clocks exist on every Linux, and the pointer is good.
  clock_gettime(clock, &time);
  return std::chrono::nanoseconds(time.seconds * 1'000'000'000 + time.nanoseconds);
}

}  // namespace

Instant Monotonic::now() { return Instant(Read(linux::kClockMonotonic)); }

std::chrono::nanoseconds UnixTime() { return Read(linux::kClockRealtime); }

}  // namespace ashlar::clock
