// Which of a device's interfaces and endpoints are an Ethernet card [ECM §5].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "libs/netdev/netdev.h"
#include "libs/usb/host_controller.h"

namespace ashlar::usb {

/// An Ethernet networking function of a configuration.
struct EthernetFunction {
  std::uint8_t control_interface = 0;
  std::uint8_t data_interface = 0;
  std::uint8_t alternate = 0;       ///< the data interface's setting that has endpoints
  std::uint8_t address_string = 0;  ///< index of the string with its MAC address
  std::uint16_t max_segment = 0;    ///< longest frame, bytes, without check sequence
  Endpoint in;
  Endpoint out;
};

/// The first such function in a configuration's descriptors; nothing if none is complete.
std::optional<EthernetFunction> FindEthernetFunction(std::span<const std::byte> configuration);

/// A MAC address as its string says it: twelve hexadecimal digits [ECM §5.4]. Nothing if it is no
/// address that a card may have.
std::optional<netdev::MacAddress> ReadMacAddress(std::string_view digits);

}  // namespace ashlar::usb
