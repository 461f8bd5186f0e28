// Power management: a Raspberry Pi is switched off by a reset that its watchdog makes, from which
// it does not start again [Linux bcm2835_wdt.c].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/io/io.h"

namespace ashlar::bcm2835 {

/// Has the machine behind `bus` reset itself in 0.15 ms, and stay off. Returns meanwhile.
template <io::Bus Bus>
void SwitchOff(Bus bus) {
  constexpr std::size_t kControl = 0x1c;
  constexpr std::size_t kStatus = 0x20;
  constexpr std::size_t kWatchdog = 0x24;
  constexpr std::uint32_t kPassword = 0x5a00'0000;
  constexpr std::uint32_t kFullReset = 0x20;
  constexpr std::uint32_t kConfiguration = 0x30;
  // The partition to start from is every other bit of the status; 63 is none, and means off.
  constexpr std::uint32_t kPartition = 0x555;
  const std::uint32_t status = bus.Read32(kStatus) & 0x00ff'ffff;
  bus.Write32(kStatus, kPassword | status | kPartition);
  constexpr std::uint32_t kTicks = 10;  // of 15 microseconds
  bus.Write32(kWatchdog, kPassword | kTicks);
  const std::uint32_t control = bus.Read32(kControl) & ~kConfiguration & 0x00ff'ffff;
  bus.Write32(kControl, kPassword | control | kFullReset);
}

}  // namespace ashlar::bcm2835
