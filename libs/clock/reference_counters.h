// Slow counters of known frequency in PCs: ACPI's power management timer, the interval timer, the
// high precision event timer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/io/io.h"

namespace ashlar::clock {

/// The power management timer [ACPI §4.8.3.3]. The bus's offset 0 is its register.
template <io::Bus Bus>
class PowerManagementTimer {
 public:
  static constexpr std::uint64_t kHertz = 3'579'545;

  PowerManagementTimer(Bus bus, bool has_32_bits)
      : bus_(bus), mask_(has_32_bits ? 0xffffffff : 0xffffff) {}

  std::uint32_t mask() const { return mask_; }
  std::uint32_t Read() { return bus_.Read32(0) & mask_; }

 private:
  Bus bus_;
  std::uint32_t mask_;
};

/// Channel 0 of the 8254 interval timer [8254], which it takes for itself. The bus's offsets are
/// the registers', 0 to 3; the first Read() needs a Start().
template <io::Bus Bus>
class IntervalTimer {
 public:
  static constexpr std::uint64_t kHertz = 1'193'182;

  explicit IntervalTimer(Bus bus) : bus_(bus) {}

  /// Lets it count through all 65,536 values, one a tick: firmware may have left it in mode 3,
  /// which counts by two.
  void Start() {
    bus_.Write8(kControl, kChannel0LowHighMode2);
    bus_.Write8(kChannel0, 0);
    bus_.Write8(kChannel0, 0);
  }

  std::uint32_t mask() const { return 0xffff; }

  std::uint32_t Read() {
    bus_.Write8(kControl, kLatchChannel0);
    const std::uint32_t low = bus_.Read8(kChannel0);
    const std::uint32_t high = bus_.Read8(kChannel0);
    return ~(high << 8 | low) & 0xffff;  // It counts down.
  }

 private:
  static constexpr std::size_t kChannel0 = 0;
  static constexpr std::size_t kControl = 3;
  static constexpr std::uint8_t kChannel0LowHighMode2 = 0x34;
  static constexpr std::uint8_t kLatchChannel0 = 0x00;

  Bus bus_;
};

/// The main counter of a high precision event timer [HPET]. The bus's offsets are the registers'.
template <io::Bus Bus>
class Hpet {
 public:
  explicit Hpet(Bus bus) : bus_(bus) {}

  /// Lets it count. Its frequency, Hz; zero if it states none that it may have [HPET §2.3.4].
  std::uint64_t Start() {
    constexpr std::uint32_t kSlowestPeriod = 100'000'000;  // femtoseconds
    constexpr std::uint32_t kFastestPeriod = 1'000'000;
    constexpr std::uint64_t kFemtosecondsPerSecond = 1'000'000'000'000'000;
    const std::uint32_t period = bus_.Read32(kPeriod);
    if (period < kFastestPeriod || period > kSlowestPeriod) {
      return 0;
    }
    bus_.Write32(kConfiguration, bus_.Read32(kConfiguration) | kEnable);
    return (kFemtosecondsPerSecond + period / 2) / period;
  }

  /// The lower half: machines exist whose counter has no other.
  std::uint32_t mask() const { return 0xffffffff; }
  std::uint32_t Read() { return bus_.Read32(kCounter); }

 private:
  static constexpr std::size_t kPeriod = 0x04;  // of the capabilities, the upper half
  static constexpr std::size_t kConfiguration = 0x10;
  static constexpr std::size_t kCounter = 0xf0;
  static constexpr std::uint32_t kEnable = 1;

  Bus bus_;
};

}  // namespace ashlar::clock
