// The watchdog of Intel's 6300ESB: a PCI function, also of QEMU's machines.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>

#include "libs/base/result.h"
#include "libs/io/io.h"
#include "libs/pci/pci.h"

namespace ashlar::watchdog {

/// The function behind `config`, which has accesses of 8 and 16 bits (pci::Mechanism1), and `bus`,
/// its registers [6300ESB §16].
template <typename Config, io::Bus Bus>
class I6300Esb {
 public:
  static constexpr std::uint16_t kVendorId = 0x8086;
  static constexpr std::uint16_t kDeviceId = 0x25ab;
  static constexpr std::size_t kRegisterBytes = 16;

  I6300Esb(Config& config, pci::Address address, Bus bus)
      : config_(&config), address_(address), bus_(bus) {}

  /// kUnsupported: whoever started it locked it.
  Result<void> Start(std::chrono::seconds period) {
    if ((Lock() & kLocked) != 0) {
      return std::unexpected(Error::kUnsupported);
    }
    config_->Write8(address_, kLockRegister, 0);
    config_->Write16(address_, kConfiguration, kNoInterrupt);
    // Two stages of the same length, counted in periods of 2^15 PCI clocks: 512 a stage are at
    // least a second, by one or two hundredths.
    const auto stage = static_cast<std::uint32_t>(period.count() * 512);
    Unlock();
    bus_.Write32(kTimer1, stage);
    Unlock();
    bus_.Write32(kTimer2, stage);
    Feed();
    config_->Write8(address_, kLockRegister, kEnabled);
    return (Lock() & kEnabled) != 0 ? Result<void>() : std::unexpected(Error::kBroken);
  }

  void Feed() {
    Unlock();
    bus_.Write16(kReload, kReloadNow);
  }

  bool Stop() {
    config_->Write8(address_, kLockRegister, 0);
    return (Lock() & kEnabled) == 0;
  }

 private:
  // In the configuration space.
  static constexpr std::uint8_t kConfiguration = 0x60;
  static constexpr std::uint8_t kLockRegister = 0x68;
  static constexpr std::uint16_t kNoInterrupt = 3;  // and resets enabled, counting 2^15 clocks
  static constexpr std::uint8_t kLocked = 1 << 0;
  static constexpr std::uint8_t kEnabled = 1 << 1;
  // In memory.
  static constexpr std::size_t kTimer1 = 0x00;
  static constexpr std::size_t kTimer2 = 0x04;
  static constexpr std::size_t kReload = 0x0c;
  static constexpr std::uint16_t kReloadNow = 1 << 8;

  // Each write to the registers has to be announced.
  void Unlock() {
    bus_.Write16(kReload, 0x80);
    bus_.Write16(kReload, 0x86);
  }
  std::uint8_t Lock() { return config_->Read8(address_, kLockRegister); }

  Config* config_;
  pci::Address address_;
  Bus bus_;
};

}  // namespace ashlar::watchdog
