// The TCO timer in Intel's ICH9, the southbridge of QEMU's q35.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>

#include "libs/base/result.h"
#include "libs/io/io.h"

namespace ashlar::watchdog {

/// Where the parts are [ICH9 §13.1, §13.8, §13.9].
struct Ich9 {
  static constexpr std::uint16_t kVendorId = 0x8086;
  /// The LPC bridges of the family: 0x2910 to 0x291f.
  static constexpr bool IsLpc(std::uint16_t device_id) { return (device_id & 0xfff0) == 0x2910; }

  /// In the bridge's configuration space: where the power management's ports begin, and the chip's
  /// own registers in memory.
  static constexpr std::uint8_t kPowerManagementBase = 0x40;
  static constexpr std::uint8_t kAcpiControl = 0x44;
  static constexpr std::uint32_t kAcpiEnabled = 1 << 7;
  static constexpr std::uint8_t kRootComplexBase = 0xf0;
  static constexpr std::uint32_t kRootComplexEnabled = 1 << 0;

  static constexpr std::uint16_t Ports(std::uint32_t power_management_base) {
    return static_cast<std::uint16_t>(power_management_base & 0xff80);
  }
  static constexpr std::uint64_t Memory(std::uint32_t root_complex_base) {
    return root_complex_base & 0xffff'c000;
  }
  /// The page with the general control and status register.
  static constexpr std::size_t kControlPage = 0x3000;
};

/// The timer behind `ports` (from Ich9::Ports() on) and `memory` (from Ich9::kControlPage on).
template <io::Bus Ports, io::Bus Memory>
class Ich9Tco {
 public:
  Ich9Tco(Ports ports, Memory memory) : ports_(ports), memory_(memory) {}

  /// kUnsupported: the board is wired not to be reset by it, or firmware has locked it.
  Result<void> Start(std::chrono::seconds period) {
    memory_.Write32(kGeneralControl, memory_.Read32(kGeneralControl) & ~kNoReboot);
    if ((memory_.Read32(kGeneralControl) & kNoReboot) != 0) {
      return std::unexpected(Error::kUnsupported);
    }
    if (!Stop()) {
      return std::unexpected(Error::kUnsupported);
    }
    // The first time that it runs out is for the firmware, which does not know what to do.
    ports_.Write32(kSmiEnable, ports_.Read32(kSmiEnable) & ~kTcoSmi);
    ports_.Write16(kTimer, Ticks(period));
    Feed();
    // One by one, as the chip wants to be told [Linux, iTCO_wdt.c].
    ports_.Write16(kSecondStatus, kSecondTimeout);
    ports_.Write16(kSecondStatus, kBootStatus);
    ports_.Write16(kControl, static_cast<std::uint16_t>(ports_.Read16(kControl) & ~kHalted));
    const bool runs = (ports_.Read16(kControl) & kHalted) == 0;
    return runs ? Result<void>() : std::unexpected(Error::kBroken);
  }

  /// It has to run out twice, so both times are begun anew.
  void Feed() {
    ports_.Write16(kFirstStatus, kTimeout);
    ports_.Write16(kReload, 1);
  }

  bool Stop() {
    ports_.Write16(kControl, static_cast<std::uint16_t>(ports_.Read16(kControl) | kHalted));
    return (ports_.Read16(kControl) & kHalted) != 0;
  }

 private:
  static constexpr std::size_t kSmiEnable = 0x30;
  static constexpr std::uint32_t kTcoSmi = 1 << 13;
  static constexpr std::size_t kTco = 0x60;
  static constexpr std::size_t kReload = kTco + 0x00;
  static constexpr std::size_t kFirstStatus = kTco + 0x04;
  static constexpr std::uint16_t kTimeout = 1 << 3;
  static constexpr std::size_t kSecondStatus = kTco + 0x06;
  static constexpr std::uint16_t kSecondTimeout = 1 << 1;
  static constexpr std::uint16_t kBootStatus = 1 << 2;
  static constexpr std::size_t kControl = kTco + 0x08;
  static constexpr std::uint16_t kHalted = 1 << 11;
  static constexpr std::size_t kTimer = kTco + 0x12;
  static constexpr std::size_t kGeneralControl = 0x410;
  static constexpr std::uint32_t kNoReboot = 1 << 5;

  // Of 0.6 seconds, for each of the two times; fewer than four it does not count.
  static std::uint16_t Ticks(std::chrono::seconds period) {
    const auto ticks = (period.count() * 10 + 11) / 12;
    return static_cast<std::uint16_t>(std::clamp<std::int64_t>(ticks, 4, 0x3ff));
  }

  Ports ports_;
  Memory memory_;
};

}  // namespace ashlar::watchdog
