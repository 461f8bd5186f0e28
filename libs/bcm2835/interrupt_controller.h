// The chip's interrupt controller: the interrupts of the devices that the cores share, which all
// reach the first core [BCM2835 §7] [QA7 §4.2].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "libs/io/io.h"

namespace ashlar::bcm2835 {

/// The controller behind `Bus`, which reaches kRegisterBytes from its first register on.
template <io::Bus Bus>
class InterruptController {
 public:
  static constexpr std::size_t kRegisterBytes = 0x28;
  static constexpr std::uint32_t kInterrupts = 64;

  explicit InterruptController(Bus bus) : bus_(std::move(bus)) {}

  /// Lets none reach a core, whatever firmware let; nor any as a fast interrupt.
  void DisableAll() {
    constexpr std::size_t kFast = 0x0c;
    constexpr std::size_t kDisable = 0x1c;  // two of devices, one of what is nearer to the cores
    bus_.Write32(kFast, 0);
    for (std::size_t i = 0; i < 3; ++i) {
      bus_.Write32(kDisable + i * 4, ~std::uint32_t{0});
    }
  }

  /// Lets `interrupt`, below kInterrupts, reach the first core.
  void Enable(std::uint32_t interrupt) {
    constexpr std::size_t kEnable = 0x10;
    bus_.Write32(kEnable + interrupt / 32 * 4, std::uint32_t{1} << interrupt % 32);
  }

  /// The enabled interrupts whose devices raise them now, one bit each.
  std::uint64_t Pending() {
    constexpr std::size_t kPending = 0x04;
    const std::uint64_t low = bus_.Read32(kPending);
    return low | std::uint64_t{bus_.Read32(kPending + 4)} << 32;
  }

 private:
  Bus bus_;
};

}  // namespace ashlar::bcm2835
