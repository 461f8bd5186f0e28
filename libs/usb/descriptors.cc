// Reads descriptors.
// SPDX-License-Identifier: Apache-2.0
#include "libs/usb/descriptors.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "libs/base/result.h"
#include "libs/usb/host_controller.h"

namespace ashlar::usb {
namespace {

// The first descriptor of `bytes`, if it has this type and at least this length.
std::optional<Descriptor> First(std::span<const std::byte> bytes, std::uint8_t type,
                                std::size_t size) {
  const std::optional<Descriptor> first = Descriptors(bytes).Next();
  if (!first || first->type != type || first->bytes.size() < size) {
    return std::nullopt;
  }
  return first;
}

}  // namespace

std::uint8_t Descriptor::At8(std::size_t offset) const {
  return offset < bytes.size() ? std::to_integer<std::uint8_t>(bytes[offset]) : 0;
}

std::uint16_t Descriptor::At16(std::size_t offset) const {
  return static_cast<std::uint16_t>(At8(offset) | At8(offset + 1) << 8);
}

std::optional<Descriptor> Descriptors::Next() {
  constexpr std::size_t kLeast = 2;
  if (rest_.size() < kLeast) {
    return std::nullopt;
  }
  const auto length = std::to_integer<std::size_t>(rest_[0]);
  if (length < kLeast || length > rest_.size()) {
    rest_ = {};
    return std::nullopt;
  }
  const Descriptor next = {std::to_integer<std::uint8_t>(rest_[1]), rest_.first(length)};
  rest_ = rest_.subspan(length);
  return next;
}

Result<DeviceDescriptor> ReadDeviceDescriptor(std::span<const std::byte> bytes) {
  const auto found = First(bytes, DescriptorType::kDevice, DeviceDescriptor::kBytes);
  if (!found) {
    return std::unexpected(Error::kBroken);
  }
  const DeviceDescriptor device = {.max_packet = found->At8(7),
                                   .vendor = found->At16(8),
                                   .product = found->At16(10),
                                   .configurations = found->At8(17)};
  if (!std::has_single_bit(device.max_packet) || device.max_packet < 8 || device.max_packet > 64) {
    return std::unexpected(Error::kBroken);
  }
  return device;
}

Result<ConfigurationDescriptor> ReadConfigurationDescriptor(std::span<const std::byte> bytes) {
  const auto found = First(bytes, DescriptorType::kConfiguration, ConfigurationDescriptor::kBytes);
  if (!found) {
    return std::unexpected(Error::kBroken);
  }
  const ConfigurationDescriptor configuration = {.total_length = found->At16(2),
                                                 .value = found->At8(5)};
  // No configuration has the value zero, which means none.
  if (configuration.total_length < ConfigurationDescriptor::kBytes || configuration.value == 0) {
    return std::unexpected(Error::kBroken);
  }
  return configuration;
}

std::optional<InterfaceDescriptor> AsInterface(const Descriptor& descriptor) {
  constexpr std::size_t kBytes = 9;
  if (descriptor.type != DescriptorType::kInterface || descriptor.bytes.size() < kBytes) {
    return std::nullopt;
  }
  return InterfaceDescriptor{.number = descriptor.At8(2),
                             .alternate = descriptor.At8(3),
                             .interface_class = descriptor.At8(5),
                             .subclass = descriptor.At8(6)};
}

std::optional<Endpoint> AsBulkEndpoint(const Descriptor& descriptor) {
  constexpr std::size_t kBytes = 7;
  constexpr std::uint8_t kTransferType = 3;
  constexpr std::uint8_t kBulk = 2;
  constexpr std::uint16_t kLargest = 512;
  if (descriptor.type != DescriptorType::kEndpoint || descriptor.bytes.size() < kBytes ||
      (descriptor.At8(3) & kTransferType) != kBulk) {
    return std::nullopt;
  }
  const Endpoint endpoint = {.address = descriptor.At8(2), .max_packet = descriptor.At16(4)};
  if (endpoint.number() == 0 || !std::has_single_bit(endpoint.max_packet) ||
      endpoint.max_packet < 8 || endpoint.max_packet > kLargest) {
    return std::nullopt;
  }
  return endpoint;
}

}  // namespace ashlar::usb
