// Sets the timer, unless it is set to an earlier time.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/arm/timer.h"

#include <cstdint>

#include "libs/arch/aarch64/cpu.h"
#include "libs/clock/clock.h"
#include "libs/clock/tick_rate.h"
#include "platforms/arm/counter.h"

namespace ashlar::arm {
namespace {

// What the timer is set to, until it rings; kNever: it is not set.
constinit clock::Instant timer_deadline = clock::kNever;

}  // namespace

bool SetTimer(clock::Instant deadline) {
  if (timer_deadline <= deadline) {
    return true;
  }
  const clock::Instant now = clock::Monotonic::now();
  if (deadline <= now) {
    return false;
  }
  const auto nanoseconds = static_cast<std::int64_t>((deadline - now).count());
  constexpr std::int64_t kMaxSpan = 3'600'000'000'000;
  aarch64::SetTimer(aarch64::ReadCounter() +
                    CounterRate().Ticks(nanoseconds < kMaxSpan ? nanoseconds : kMaxSpan));
  timer_deadline = deadline;
  return true;
}

void StopTimer() {
  aarch64::StopTimer();
  timer_deadline = clock::kNever;
}

}  // namespace ashlar::arm
