// The local APIC: what delivers interrupts to this CPU, and its timer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/io/io.h"

namespace ashlar::interrupt_controllers {

/// The driver [SDM 3 ch. 11]. The bus's offsets are those of the memory-mapped registers (xAPIC); a
/// bus for x2APIC turns them into MSR numbers.
template <io::Bus Bus>
class LocalApic {
 public:
  /// Timer modes, as they stand in bits 17 and 18 of the timer's entry.
  enum class TimerMode : std::uint32_t { kOneShot = 0, kTscDeadline = 2 << 17 };

  explicit LocalApic(Bus bus) : bus_(bus) {}

  /// Lets interrupts through, all local sources masked but those that firmware has for itself.
  /// Spurious ones come as `spurious_vector` and want no end of interrupt.
  void Enable(std::uint8_t spurious_vector) {
    bus_.Write32(kTaskPriority, 0);
    const std::uint32_t entries = (bus_.Read32(kVersion) >> 16 & 0xff) + 1;
    bus_.Write32(kTimer, kMasked);
    bus_.Write32(kLint0, kMasked);  // Firmware routes the 8259 through it.
    bus_.Write32(kLint1, kMasked);
    bus_.Write32(kError, kMasked);
    if (entries >= 5) {
      MaskUnlessFirmwares(kPerformance);
    }
    if (entries >= 6) {
      MaskUnlessFirmwares(kThermal);
    }
    bus_.Write32(kSpurious, kSoftwareEnable | spurious_vector);
  }

  /// The xAPIC's ID, at most 255.
  std::uint8_t Id() { return static_cast<std::uint8_t>(bus_.Read32(kId) >> 24); }

  /// Has the timer raise `vector`. In one-shot mode it counts ticks of the undivided input clock.
  void SetUpTimer(TimerMode mode, std::uint8_t vector) {
    bus_.Write32(kDivide, kDivideBy1);
    bus_.Write32(kTimer, static_cast<std::uint32_t>(mode) | vector);
  }
  /// Starts a one-shot countdown; zero stops it.
  void StartCountdown(std::uint32_t ticks) { bus_.Write32(kInitialCount, ticks); }
  /// What is left of it; zero when it is over.
  std::uint32_t Countdown() { return bus_.Read32(kCurrentCount); }

  /// For handlers, which write zero there.
  static constexpr std::size_t kEndOfInterrupt = 0xb0;

 private:
  static constexpr std::size_t kId = 0x20;
  static constexpr std::size_t kVersion = 0x30;
  static constexpr std::size_t kTaskPriority = 0x80;
  static constexpr std::size_t kSpurious = 0xf0;
  static constexpr std::size_t kTimer = 0x320;
  static constexpr std::size_t kThermal = 0x330;
  static constexpr std::size_t kPerformance = 0x340;
  static constexpr std::size_t kLint0 = 0x350;
  static constexpr std::size_t kLint1 = 0x360;
  static constexpr std::size_t kError = 0x370;
  static constexpr std::size_t kInitialCount = 0x380;
  static constexpr std::size_t kCurrentCount = 0x390;
  static constexpr std::size_t kDivide = 0x3e0;

  static constexpr std::uint32_t kDeliveryMode = 7 << 8;
  static constexpr std::uint32_t kSmi = 2 << 8;
  static constexpr std::uint32_t kMasked = 1 << 16;
  static constexpr std::uint32_t kSoftwareEnable = 1 << 8;
  static constexpr std::uint32_t kDivideBy1 = 0b1011;

  // An entry in SMI mode is the firmware's: it may cool the CPU by it.
  void MaskUnlessFirmwares(std::size_t entry) {
    if ((bus_.Read32(entry) & kDeliveryMode) != kSmi) {
      bus_.Write32(entry, kMasked);
    }
  }

  Bus bus_;
};

}  // namespace ashlar::interrupt_controllers
