// The requests that every device knows [USB-2.0 §9.4].
// SPDX-License-Identifier: Apache-2.0
#include "libs/usb/usb.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "libs/base/result.h"
#include "libs/usb/descriptors.h"
#include "libs/usb/host_controller.h"

namespace ashlar::usb {
namespace {

constexpr std::uint8_t kSetAddress = 5;
constexpr std::uint8_t kGetDescriptor = 6;
constexpr std::uint8_t kSetConfiguration = 9;
constexpr std::uint8_t kSetInterface = 11;

constexpr std::uint8_t kToDevice = 0;
constexpr std::uint8_t kToInterface = 1;

}  // namespace

Result<Device> Device::Find(HostController& controller) {
  const Speed speed = ASHLAR_TRY(controller.ResetPort());
  // The least that its endpoint zero takes at this speed [USB-2.0 §5.5.3].
  constexpr std::uint16_t kLeast = 8;
  constexpr std::uint16_t kHighSpeed = 64;
  Device device(controller,
                Link{.speed = speed, .max_packet = speed == Speed::kHigh ? kHighSpeed : kLeast});
  std::array<std::byte, DeviceDescriptor::kBytes> bytes = {};
  if (speed != Speed::kHigh) {
    // Its first packet says how long packets are.
    const auto start = ASHLAR_TRY(
        device.ReadDescriptor(DescriptorType::kDevice, 0, 0, std::span(bytes).first(kLeast)));
    if (start.size() < kLeast) {
      return std::unexpected(Error::kBroken);
    }
    const DeviceDescriptor first = ASHLAR_TRY(ReadDeviceDescriptor(bytes));
    device.link_.max_packet = first.max_packet;
  }
  constexpr std::uint8_t kAddress = 1;
  ASHLAR_TRY(device.Request(kToDevice, kSetAddress, kAddress, 0));
  constexpr std::chrono::milliseconds kRecovery(2);  // [USB-2.0 §9.2.6.3]
  controller.Sleep(kRecovery);
  device.link_.address = kAddress;
  device.descriptor_ = ASHLAR_TRY(ReadDeviceDescriptor(
      ASHLAR_TRY(device.ReadDescriptor(DescriptorType::kDevice, 0, 0, bytes))));
  return device;
}

Result<std::span<const std::byte>> Device::ReadDescriptor(std::uint8_t type, std::uint8_t index,
                                                          std::uint16_t language,
                                                          std::span<std::byte> buffer) const {
  const Setup setup = {.type = Setup::kIn,
                       .request = kGetDescriptor,
                       .value = static_cast<std::uint16_t>(type << 8 | index),
                       .index = language,
                       .length = static_cast<std::uint16_t>(buffer.size())};
  const std::size_t read = ASHLAR_TRY(controller_->Control(link_, setup, buffer));
  if (read > buffer.size()) {
    return std::unexpected(Error::kBroken);
  }
  return buffer.first(read);
}

Result<std::span<const std::byte>> Device::ReadConfiguration(std::uint8_t index,
                                                             std::span<std::byte> buffer) const {
  if (buffer.size() < ConfigurationDescriptor::kBytes) {
    return std::unexpected(Error::kNoSpace);
  }
  const auto head =
      ASHLAR_TRY(ReadDescriptor(DescriptorType::kConfiguration, index, 0,
                                buffer.first(std::size_t{ConfigurationDescriptor::kBytes})));
  const std::size_t size = ASHLAR_TRY(ReadConfigurationDescriptor(head)).total_length;
  if (size > buffer.size()) {
    return std::unexpected(Error::kNoSpace);
  }
  return ReadDescriptor(DescriptorType::kConfiguration, index, 0, buffer.first(size));
}

Result<std::span<const char>> Device::ReadString(std::uint8_t index, std::span<char> buffer) const {
  // Strings are UTF-16; the one with index zero is the list of languages [USB-2.0 §9.6.7].
  constexpr std::size_t kMostBytes = 255;
  std::array<std::byte, kMostBytes> bytes = {};
  constexpr std::size_t kOneLanguage = 4;
  const auto languages = ASHLAR_TRY(
      ReadDescriptor(DescriptorType::kString, 0, 0, std::span(bytes).first(kOneLanguage)));
  if (languages.size() < kOneLanguage) {
    return std::unexpected(Error::kBroken);
  }
  const std::uint16_t language = Descriptor{DescriptorType::kString, languages}.At16(2);
  const auto answer = ASHLAR_TRY(ReadDescriptor(DescriptorType::kString, index, language, bytes));
  const auto string = Descriptors(answer).Next();
  if (index == 0 || !string || string->type != DescriptorType::kString) {
    return std::unexpected(Error::kBroken);
  }
  const std::size_t length = (string->bytes.size() - 2) / 2;
  if (length > buffer.size()) {
    return std::unexpected(Error::kNoSpace);
  }
  for (std::size_t i = 0; i < length; ++i) {
    const std::uint16_t character = string->At16(2 + 2 * i);
    if (character == 0 || character > 0x7f) {
      return std::unexpected(Error::kBroken);
    }
    buffer[i] = static_cast<char>(character);
  }
  return buffer.first(length);
}

Result<void> Device::Configure(std::uint8_t value) const {
  return Request(kToDevice, kSetConfiguration, value, 0);
}

Result<void> Device::SelectAlternate(std::uint8_t interface, std::uint8_t alternate) const {
  return Request(kToInterface, kSetInterface, alternate, interface);
}

Result<void> Device::Request(std::uint8_t type, std::uint8_t request, std::uint16_t value,
                             std::uint16_t index) const {
  const Setup setup = {.type = type, .request = request, .value = value, .index = index};
  ASHLAR_TRY(controller_->Control(link_, setup, {}));
  return {};
}

}  // namespace ashlar::usb
