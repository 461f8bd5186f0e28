// The device at a host controller's root port: found, given an address, asked and configured
// [USB-2.0 §9.1.2].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/usb/descriptors.h"
#include "libs/usb/host_controller.h"

namespace ashlar::usb {

/// A device that has its address. Errors of each call are those of HostController::Control(), and
/// kBroken: what the device says makes no sense.
class Device {
 public:
  /// Resets the device at the root port and gives it address 1. kNotFound: there is none.
  static Result<Device> Find(HostController& controller);

  const DeviceDescriptor& descriptor() const { return descriptor_; }
  const Link& link() const { return link_; }
  HostController& controller() const { return *controller_; }

  /// The descriptors of its configuration `index`, counted from zero, in `buffer`; kNoSpace: it is
  /// too small.
  Result<std::span<const std::byte>> ReadConfiguration(std::uint8_t index,
                                                       std::span<std::byte> buffer) const;

  /// Its string `index` in its first language, in `buffer`; kBroken also if there is a character
  /// beyond ASCII, kNoSpace if it is too long.
  Result<std::span<const char>> ReadString(std::uint8_t index, std::span<char> buffer) const;

  /// Selects the configuration with this value.
  Result<void> Configure(std::uint8_t value) const;

  /// Selects a setting of an interface.
  Result<void> SelectAlternate(std::uint8_t interface, std::uint8_t alternate) const;

  /// A request of a class or of USB itself without data.
  Result<void> Request(std::uint8_t type, std::uint8_t request, std::uint16_t value,
                       std::uint16_t index) const;

 private:
  Device(HostController& controller, const Link& link) : controller_(&controller), link_(link) {}

  Result<std::span<const std::byte>> ReadDescriptor(std::uint8_t type, std::uint8_t index,
                                                    std::uint16_t language,
                                                    std::span<std::byte> buffer) const;

  HostController* controller_;
  Link link_;
  DeviceDescriptor descriptor_ = {};
};

}  // namespace ashlar::usb
