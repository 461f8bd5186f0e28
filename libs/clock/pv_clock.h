// KVM's clock: a page that the hypervisor keeps up to date, and how to read it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ashlar::clock {

/// [KVM-MSR] struct pvclock_vcpu_time_info, written by the hypervisor at any moment.
struct PvClockPage {
  volatile std::uint32_t version;  ///< odd while the hypervisor writes
  std::uint32_t reserved;
  volatile std::uint64_t tsc_timestamp;
  volatile std::uint64_t system_time;  ///< nanoseconds at tsc_timestamp
  volatile std::uint32_t tsc_to_system_multiplier;
  volatile std::int8_t tsc_shift;
  volatile std::uint8_t flags;
  std::uint8_t padding[2];
};
static_assert(sizeof(PvClockPage) == 32);
static_assert(offsetof(PvClockPage, tsc_shift) == 28);

/// [KVM-MSR] struct pvclock_wall_clock, written once when asked for.
struct PvWallClock {
  volatile std::uint32_t version;
  volatile std::uint32_t seconds;  ///< since 1970, at system time zero
  volatile std::uint32_t nanoseconds;
};
static_assert(sizeof(PvWallClock) == 12);

/// A consistent copy of a PvClockPage.
struct PvClockSample {
  std::uint64_t tsc_timestamp;
  std::uint64_t system_time;
  std::uint32_t multiplier;
  std::int8_t shift;

  /// Nanoseconds at `tsc` [KVM-MSR]; a counter behind the timestamp (another CPU's) counts as at
  /// it. Both wrap round: a hypervisor that started this machine's counter anew may have taken the
  /// timestamp before its zero.
  constexpr std::int64_t Time(std::uint64_t tsc) const {
    const std::uint64_t difference = tsc - tsc_timestamp;
    const std::uint64_t delta = difference >> 63 == 0 ? difference : 0;
    const std::uint64_t shifted = shift >= 0 ? delta << (shift & 63) : delta >> (-shift & 63);
    return static_cast<std::int64_t>(
        system_time +
        static_cast<std::uint64_t>(static_cast<unsigned __int128>(shifted) * multiplier >> 32));
  }
};
static_assert(PvClockSample{1000, 50, 0x80000000, 1}.Time(1100) == 150);
static_assert(PvClockSample{1000, 50, 0x80000000, -1}.Time(1100) == 75);
static_assert(PvClockSample{1000, 50, 0x80000000, 1}.Time(900) == 50);
static_assert(PvClockSample{0 - std::uint64_t{60}, 50, 0x80000000, 1}.Time(40) == 150);

/// Copies `page` while nobody writes it.
inline PvClockSample ReadPvClock(const PvClockPage& page) {
  while (true) {
    const std::uint32_t version = page.version;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    const PvClockSample sample = {page.tsc_timestamp, page.system_time,
                                  page.tsc_to_system_multiplier, page.tsc_shift};
    std::atomic_signal_fence(std::memory_order_seq_cst);
    // The hypervisor writes while this CPU is stopped, so it is never seen half-way for long.
    if ((version & 1) == 0 && version == page.version) {
      return sample;
    }
  }
}

}  // namespace ashlar::clock
