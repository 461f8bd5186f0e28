// The virtio transport over PCI: finding a device's structures.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/pci_transport.h"

namespace ashlar::virtio {
namespace {

constexpr std::uint16_t kVendor = 0x1af4;
constexpr std::uint16_t kFirstTransitional = 0x1000;
constexpr std::uint16_t kLastTransitional = 0x103f;
constexpr std::uint16_t kFirstModern = 0x1040;  // and the device type
constexpr std::uint16_t kLastModern = 0x107f;
constexpr std::uint8_t kSubsystem = 0x2c;

// A structure's capability [virtio-1.2 §4.1.4]: type and length in the first word, then the base
// address register, the offset in it, the length, and for notifications the multiplier.
constexpr std::uint8_t kCapabilitySize = 16;
constexpr std::uint8_t kNotifyCapabilitySize = 20;
constexpr std::uint8_t kTypeCommon = 1;
constexpr std::uint8_t kTypeNotify = 2;
constexpr std::uint8_t kTypeInterruptStatus = 3;
constexpr std::uint8_t kTypeDevice = 4;

// More vendor capabilities than fit into a configuration space.
constexpr int kMostCapabilities = 256 / kCapabilitySize;

// The base address read last: the structures mostly share one, and sizing it takes ten accesses.
struct KnownBar {
  std::uint8_t index = 0xff;
  pci::Bar bar;
};

// The registers that the capability at `offset` describes.
Result<PciRegion> ReadRegion(pci::ConfigSpace& config, pci::Address address, std::uint8_t offset,
                             KnownBar& known) {
  const auto index =
      static_cast<std::uint8_t>(config.Read(address, static_cast<std::uint8_t>(offset + 4)));
  if (index > 5) {
    return std::unexpected(Error::kBroken);  // reserved: not for us
  }
  const std::uint32_t start = config.Read(address, static_cast<std::uint8_t>(offset + 8));
  const std::uint32_t size = config.Read(address, static_cast<std::uint8_t>(offset + 12));
  if (index != known.index) {
    known.bar = ASHLAR_TRY(pci::ReadBar(config, address, index));
    known.index = index;
  }
  const pci::Bar& bar = known.bar;
  if (bar.io || start > bar.size || size > bar.size - start || size == 0) {
    return std::unexpected(Error::kBroken);
  }
  return PciRegion{.address = bar.address + start, .size = size};
}

}  // namespace

DeviceType PciDeviceType(pci::ConfigSpace& config, const pci::Function& function) {
  if (function.vendor_id != kVendor || function.header_type != 0) {
    return DeviceType::kNone;
  }
  if (function.device_id >= kFirstModern && function.device_id <= kLastModern) {
    return static_cast<DeviceType>(function.device_id - kFirstModern);
  }
  if (function.device_id >= kFirstTransitional && function.device_id <= kLastTransitional) {
    return static_cast<DeviceType>(config.Read(function.address, kSubsystem) >> 16);
  }
  return DeviceType::kNone;
}

Result<PciLayout> FindPciLayout(pci::ConfigSpace& config, pci::Address address) {
  PciLayout layout;
  KnownBar known;
  std::uint8_t offset = 0;
  for (int i = 0;; ++i) {
    if (i == kMostCapabilities) {  // a circle
      return std::unexpected(Error::kBroken);
    }
    const Result<std::uint8_t> next =
        pci::FindCapability(config, address, pci::kCapabilityVendor, offset);
    if (!next) {
      if (next.error() == Error::kNotFound) {
        break;
      }
      return std::unexpected(next.error());
    }
    offset = *next;
    const std::uint32_t head = config.Read(address, offset);
    const auto length = static_cast<std::uint8_t>(head >> 16);
    const auto type = static_cast<std::uint8_t>(head >> 24);
    PciRegion* region = nullptr;
    switch (type) {
      case kTypeCommon:
        region = &layout.common;
        break;
      case kTypeNotify:
        region = &layout.notify;
        break;
      case kTypeInterruptStatus:
        region = &layout.interrupt_status;
        break;
      case kTypeDevice:
        region = &layout.device;
        break;
    }
    if (region == nullptr || region->size != 0) {
      continue;  // of another kind, or a second choice
    }
    const std::uint8_t least = type == kTypeNotify ? kNotifyCapabilitySize : kCapabilitySize;
    if (length < least || offset > 256 - least) {
      return std::unexpected(Error::kBroken);
    }
    *region = ASHLAR_TRY(ReadRegion(config, address, offset, known));
    if (type == kTypeNotify) {
      layout.notify_multiplier = config.Read(address, static_cast<std::uint8_t>(offset + 16));
    }
  }
  if (layout.common.size == 0) {
    return std::unexpected(Error::kUnsupported);
  }
  // Alignment by [virtio-1.2 §4.1.4]: a device's registers bear no other accesses.
  if (layout.common.size < PciCommon::kSize || layout.notify.size < sizeof(std::uint16_t) ||
      layout.interrupt_status.size == 0 || layout.common.address % 4 != 0 ||
      layout.notify.address % 2 != 0 || layout.device.address % 4 != 0) {
    return std::unexpected(Error::kBroken);
  }
  return layout;
}

}  // namespace ashlar::virtio
