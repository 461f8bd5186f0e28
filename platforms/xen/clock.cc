// The clock of a Xen domain: the time that Xen keeps in the shared page. Its zero is the start of
// the machine.
// SPDX-License-Identifier: Apache-2.0
#include "libs/clock/clock.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "libs/base/check.h"
#include "libs/xen/abi.h"
#include "platforms/xen/restore.h"
#include "platforms/xen/shared_info.h"

namespace ashlar::clock {
namespace {

constinit const xen::SharedInfo* shared_info = nullptr;
constinit std::int64_t latest = 0;
// What a domain that was restored is ahead of its machine; below zero where it is behind.
constinit std::int64_t offset = 0;
constinit std::chrono::nanoseconds left_at{};  // the time of day

[[gnu::noinline]] void FindClock() {
  shared_info = xen::FindSharedInfo();
  if (shared_info == nullptr) {
    Panic("Xen keeps no clock for this domain: it refused to share its page");
  }
}

std::int64_t SystemTime() {
  if (shared_info == nullptr) [[unlikely]] {
    FindClock();
  }
  return xen::SystemTime(*shared_info);
}

}  // namespace

Instant Monotonic::now() {
  // Xen corrects its rate from time to time, which may set it back by some nanoseconds.
  latest = std::max(latest, SystemTime() + offset);
  return Instant(Duration(latest));
}

std::chrono::nanoseconds UnixTime() {
  const std::chrono::nanoseconds since_start =
      Monotonic::now().time_since_epoch() - std::chrono::nanoseconds(offset);
  while (true) {
    const std::uint32_t version = shared_info->wall_clock_version;
    std::atomic_thread_fence(std::memory_order_acquire);
    const std::chrono::seconds seconds(std::uint64_t{shared_info->wall_clock_seconds_high} << 32 |
                                       shared_info->wall_clock_seconds);
    const std::chrono::nanoseconds nanoseconds(shared_info->wall_clock_nanoseconds);
    std::atomic_thread_fence(std::memory_order_acquire);
    if ((version & 1) == 0 && version == shared_info->wall_clock_version) {
      return seconds + nanoseconds + since_start;
    }
  }
}

}  // namespace ashlar::clock

namespace ashlar::xen {
namespace {

// Of the time that passed, as much as makes what is kept for a second, such as a server's date,
// out of date, and no more: of a long leap idle connections would end, and of one of 25 days, half
// of what 32 bits of milliseconds hold, lwIP's timers would think that it goes back.
constexpr std::chrono::nanoseconds kLongestLeap = std::chrono::seconds(1);

}  // namespace

void LeaveClock() { clock::left_at = clock::UnixTime(); }

void RestoreClock() {
  clock::offset = clock::latest - clock::SystemTime();
  const std::chrono::nanoseconds away = std::chrono::abs(clock::UnixTime() - clock::left_at);
  clock::offset += std::min(away, kLongestLeap).count();
}

std::int64_t ClockOffset() { return clock::offset; }

}  // namespace ashlar::xen
