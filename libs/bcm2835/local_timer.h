// The interrupts that belong to one core of a BCM2836 or BCM2837: here, its generic timer's.
// [QA7] "Quad-A7 control", Broadcom, 2014.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "libs/io/io.h"

namespace ashlar::bcm2835 {

/// The first core's, behind `Bus`.
template <io::Bus Bus>
class LocalTimer {
 public:
  static constexpr std::size_t kRegisterBytes = 0x100;

  explicit LocalTimer(Bus bus) : bus_(std::move(bus)) {}

  /// Has the virtual timer's interrupt reach the core [QA7 §4.6].
  void Enable() {
    constexpr std::size_t kTimerInterrupts = 0x40;
    constexpr std::uint32_t kVirtualTimer = 1 << 3;
    bus_.Write32(kTimerInterrupts, kVirtualTimer);
  }

 private:
  Bus bus_;
};

}  // namespace ashlar::bcm2835
