// What a device says of itself: descriptors [USB-2.0 §9.5, §9.6], one behind the other, each with
// its length, none of which is believed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libs/base/result.h"
#include "libs/usb/host_controller.h"

namespace ashlar::usb {

/// The types of descriptors [USB-2.0 table 9-5] [CDC table 12].
struct DescriptorType {
  static constexpr std::uint8_t kDevice = 1;
  static constexpr std::uint8_t kConfiguration = 2;
  static constexpr std::uint8_t kString = 3;
  static constexpr std::uint8_t kInterface = 4;
  static constexpr std::uint8_t kEndpoint = 5;
  static constexpr std::uint8_t kClassInterface = 0x24;
};

/// Of the device [USB-2.0 §9.6.1].
struct DeviceDescriptor {
  static constexpr std::size_t kBytes = 18;

  std::uint8_t max_packet;  ///< of endpoint zero: 8, 16, 32 or 64
  std::uint16_t vendor;
  std::uint16_t product;
  std::uint8_t configurations;  ///< how many it has
};

/// Of a configuration [USB-2.0 §9.6.3].
struct ConfigurationDescriptor {
  static constexpr std::size_t kBytes = 9;

  std::uint16_t total_length;  ///< with all that belongs to it; at least kBytes
  std::uint8_t value;          ///< which selects it
};

/// Of one setting of an interface [USB-2.0 §9.6.5].
struct InterfaceDescriptor {
  std::uint8_t number;
  std::uint8_t alternate;
  std::uint8_t interface_class;
  std::uint8_t subclass;
};

/// What a device sent, or an error: kBroken: it is no such descriptor, or says what none may say.
Result<DeviceDescriptor> ReadDeviceDescriptor(std::span<const std::byte> bytes);
Result<ConfigurationDescriptor> ReadConfigurationDescriptor(std::span<const std::byte> bytes);

/// A descriptor of any type.
struct Descriptor {
  std::uint8_t type;
  std::span<const std::byte> bytes;  ///< all of it, its length and type first; at least two

  /// A byte of it, or two; zero behind its end.
  std::uint8_t At8(std::size_t offset) const;
  std::uint16_t At16(std::size_t offset) const;
};

/// A configuration's descriptors, one after the other.
class Descriptors {
 public:
  explicit Descriptors(std::span<const std::byte> bytes) : rest_(bytes) {}

  /// The next one; nothing at the end, or where a length makes no sense.
  std::optional<Descriptor> Next();

 private:
  std::span<const std::byte> rest_;
};

/// What an interface descriptor or an endpoint descriptor says; nothing if it is too short. An
/// endpoint that is not for bulk transfers, or whose packets have a size that none may have, is
/// nothing either [USB-2.0 §5.8.3].
std::optional<InterfaceDescriptor> AsInterface(const Descriptor& descriptor);
std::optional<Endpoint> AsBulkEndpoint(const Descriptor& descriptor);

}  // namespace ashlar::usb
