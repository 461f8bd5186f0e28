// The virtio-mmio transport [virtio-1.2 §4.2]: a device whose registers lie at a fixed place in
// memory.
//
// Knows version 2, and version 1 from before virtio 1.0, which QEMU's microvm still has by default.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/events/events.h"
#include "libs/io/io.h"
#include "libs/virtio/config_field.h"
#include "libs/virtio/mmio_devices.h"
#include "libs/virtio/virtio.h"

namespace ashlar::virtio {

/// Offsets of the registers [virtio-1.2 §4.2.2, §4.2.4].
struct MmioRegister {
  static constexpr std::size_t kMagic = 0x000;
  static constexpr std::size_t kVersion = 0x004;
  static constexpr std::size_t kDeviceId = 0x008;
  static constexpr std::size_t kDeviceFeatures = 0x010;
  static constexpr std::size_t kDeviceFeaturesSelect = 0x014;
  static constexpr std::size_t kDriverFeatures = 0x020;
  static constexpr std::size_t kDriverFeaturesSelect = 0x024;
  static constexpr std::size_t kGuestPageSize = 0x028;  // version 1
  static constexpr std::size_t kQueueSelect = 0x030;
  static constexpr std::size_t kQueueSizeMaximum = 0x034;
  static constexpr std::size_t kQueueSize = 0x038;
  static constexpr std::size_t kQueueAlign = 0x03c;       // version 1
  static constexpr std::size_t kQueuePageNumber = 0x040;  // version 1
  static constexpr std::size_t kQueueReady = 0x044;
  static constexpr std::size_t kQueueNotify = 0x050;
  static constexpr std::size_t kInterruptStatus = 0x060;
  static constexpr std::size_t kInterruptAcknowledge = 0x064;
  static constexpr std::size_t kStatus = 0x070;
  static constexpr std::size_t kQueueDescriptors = 0x080;
  static constexpr std::size_t kQueueDriver = 0x090;
  static constexpr std::size_t kQueueDevice = 0x0a0;
  static constexpr std::size_t kConfigGeneration = 0x0fc;
  static constexpr std::size_t kConfig = 0x100;
};

/// A device at `slot`, whose registers are behind `bus`. `Machine` is where interrupts come from:
///
///     Result<void> Listen(std::uint32_t source, events::Event& event);
template <io::Bus Bus, typename Machine>
class MmioTransport final : public Transport, private Signals {
 public:
  /// kNotFound: the slot is empty; kUnsupported: it is of a version nobody knows; kBroken: it is no
  /// virtio device.
  static Result<MmioTransport> Create(Bus bus, const MmioDevice& slot, Machine machine) {
    constexpr std::uint32_t kMagicValue = 0x74726976;  // "virt"
    if (slot.size <= MmioRegister::kConfig || bus.Read32(MmioRegister::kMagic) != kMagicValue) {
      return std::unexpected(Error::kBroken);
    }
    const std::uint32_t version = bus.Read32(MmioRegister::kVersion);
    if (version != 1 && version != 2) {
      return std::unexpected(Error::kUnsupported);
    }
    const std::uint32_t id = bus.Read32(MmioRegister::kDeviceId);
    if (id == 0) {
      return std::unexpected(Error::kNotFound);
    }
    return MmioTransport(bus, slot, machine, static_cast<DeviceType>(id), version == 1);
  }

  std::uint8_t ReadStatus() override {
    return static_cast<std::uint8_t>(bus_.Read32(MmioRegister::kStatus));
  }
  void WriteStatus(std::uint8_t status) override { bus_.Write32(MmioRegister::kStatus, status); }

  Features ReadFeatures() override {
    bus_.Write32(MmioRegister::kDeviceFeaturesSelect, 0);
    Features features = bus_.Read32(MmioRegister::kDeviceFeatures);
    if (!legacy_) {
      bus_.Write32(MmioRegister::kDeviceFeaturesSelect, 1);
      features |= Features{bus_.Read32(MmioRegister::kDeviceFeatures)} << 32;
    }
    return features;
  }
  void WriteFeatures(Features features) override {
    bus_.Write32(MmioRegister::kDriverFeaturesSelect, 0);
    bus_.Write32(MmioRegister::kDriverFeatures, static_cast<std::uint32_t>(features));
    if (legacy_) {
      bus_.Write32(MmioRegister::kGuestPageSize, kPageSize);
    } else {
      bus_.Write32(MmioRegister::kDriverFeaturesSelect, 1);
      bus_.Write32(MmioRegister::kDriverFeatures, static_cast<std::uint32_t>(features >> 32));
    }
  }

  Result<void> ReadConfig(std::size_t offset, std::span<std::byte> into) override {
    const std::size_t size = config_size_;
    if (offset > size || into.size() > size - offset) {
      return std::unexpected(Error::kUnsupported);
    }
    constexpr int kTries = 100;
    for (int i = 0; i < kTries; ++i) {
      const std::uint32_t before = Generation();
      ReadConfigField(bus_, MmioRegister::kConfig + offset, into);
      if (before == Generation()) {
        return {};
      }
    }
    return std::unexpected(Error::kBroken);
  }

  Result<std::uint16_t> MaximumRingSize(std::uint16_t queue) override {
    bus_.Write32(MmioRegister::kQueueSelect, queue);
    const std::uint32_t size = bus_.Read32(MmioRegister::kQueueSizeMaximum);
    if (size == 0) {
      return std::unexpected(Error::kNotFound);
    }
    return static_cast<std::uint16_t>(std::min<std::uint32_t>(size, 32768));
  }

  Result<Signals*> StartQueue(std::uint16_t queue, const RingAddresses& ring,
                              events::Event* event) override {
    if (event_ == nullptr && event != nullptr) {
      ASHLAR_TRY(machine_.Listen(interrupt_, *event));
      event_ = event;
    } else if (event != nullptr && event_ != event) {
      return std::unexpected(Error::kExists);
    }
    bus_.Write32(MmioRegister::kQueueSelect, queue);
    bus_.Write32(MmioRegister::kQueueSize, ring.size);
    if (legacy_) {
      // One address for all three parts: the rings here are laid out as it wants, with this
      // alignment.
      constexpr std::uint32_t kUsedAlignment = 64;
      if (!IsAligned(ring.descriptors, kPageSize) || ring.descriptors / kPageSize > 0xffffffff) {
        return std::unexpected(Error::kInvalidArgument);
      }
      const auto page = static_cast<std::uint32_t>(ring.descriptors / kPageSize);
      bus_.Write32(MmioRegister::kQueueAlign, kUsedAlignment);
      bus_.Write32(MmioRegister::kQueuePageNumber, page);
      if (bus_.Read32(MmioRegister::kQueuePageNumber) != page) {
        return std::unexpected(Error::kBroken);
      }
    } else {
      WriteAddress(MmioRegister::kQueueDescriptors, ring.descriptors);
      WriteAddress(MmioRegister::kQueueDriver, ring.driver);
      WriteAddress(MmioRegister::kQueueDevice, ring.device);
      bus_.Write32(MmioRegister::kQueueReady, 1);
      if (bus_.Read32(MmioRegister::kQueueReady) != 1) {
        return std::unexpected(Error::kBroken);
      }
    }
    Signals* signals = this;
    return signals;
  }

 private:
  MmioTransport(Bus bus, const MmioDevice& slot, Machine machine, DeviceType type, bool legacy)
      : bus_(bus),
        machine_(machine),
        interrupt_(slot.interrupt),
        config_size_(slot.size - MmioRegister::kConfig) {
    type_ = type;
    legacy_ = legacy;
  }

  void Notify(std::uint16_t queue) override { bus_.Write32(MmioRegister::kQueueNotify, queue); }
  void AcknowledgeInterrupt() override {
    bus_.Write32(MmioRegister::kInterruptAcknowledge, bus_.Read32(MmioRegister::kInterruptStatus));
  }

  std::uint32_t Generation() { return legacy_ ? 0 : bus_.Read32(MmioRegister::kConfigGeneration); }
  void WriteAddress(std::size_t offset, std::uint64_t address) {
    bus_.Write32(offset, static_cast<std::uint32_t>(address));
    bus_.Write32(offset + 4, static_cast<std::uint32_t>(address >> 32));
  }

  Bus bus_;
  [[no_unique_address]] Machine machine_;
  std::uint32_t interrupt_;
  std::size_t config_size_;
  events::Event* event_ = nullptr;  // what the line notes
};

}  // namespace ashlar::virtio
