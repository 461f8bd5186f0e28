// The virtio transport over PCI [virtio-1.2 §4.1], of virtio 1.0 and later, transitional devices
// included.
//
// A vendor capability for each of four structures tells which part of which base address holds it.
// Interrupts are messages (MSI-X) where both sides have them, else the function's line.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/io/io.h"
#include "libs/pci/pci.h"
#include "libs/virtio/config_field.h"
#include "libs/virtio/virtio.h"

namespace ashlar::virtio {

/// The type of the virtio device that `function` is; kNone if it is none [virtio-1.2 §4.1.2.1].
DeviceType PciDeviceType(pci::ConfigSpace& config, const pci::Function& function);

/// Where one of the structures lies.
struct PciRegion {
  std::uint64_t address = 0;  ///< physical
  std::uint32_t size = 0;     ///< bytes
};

/// A device's structures [virtio-1.2 §4.1.4].
struct PciLayout {
  PciRegion common;
  PciRegion notify;
  std::uint32_t notify_multiplier = 0;
  PciRegion interrupt_status;
  PciRegion device;  ///< of size zero: there is no configuration
};

/// Reads and validates them. kUnsupported: it has none: a device from before virtio 1.0; kBroken: a
/// structure lies outside its range, is too small or is not aligned; errors of pci::ReadBar() and
/// pci::FindCapability().
Result<PciLayout> FindPciLayout(pci::ConfigSpace& config, pci::Address address);

/// Offsets in the common configuration structure [virtio-1.2 §4.1.4.3].
struct PciCommon {
  static constexpr std::size_t kDeviceFeatureSelect = 0;
  static constexpr std::size_t kDeviceFeature = 4;
  static constexpr std::size_t kDriverFeatureSelect = 8;
  static constexpr std::size_t kDriverFeature = 12;
  static constexpr std::size_t kConfigVector = 16;
  static constexpr std::size_t kQueues = 18;
  static constexpr std::size_t kStatus = 20;
  static constexpr std::size_t kConfigGeneration = 21;
  static constexpr std::size_t kQueueSelect = 22;
  static constexpr std::size_t kQueueSize = 24;
  static constexpr std::size_t kQueueVector = 26;
  static constexpr std::size_t kQueueEnable = 28;
  static constexpr std::size_t kQueueNotifyOffset = 30;
  static constexpr std::size_t kQueueDescriptors = 32;
  static constexpr std::size_t kQueueDriver = 40;
  static constexpr std::size_t kQueueDevice = 48;
  static constexpr std::size_t kSize = 56;
};

/// A device on the bus. `Machine` makes registers reachable and is where interrupts come from:
///
///     using Bus = ...;                                                     // an io::Bus
///     Result<Bus> Map(std::uint64_t physical_address, std::size_t size);
///     Result<void> Listen(std::uint32_t source, events::Event& event);
///     Result<events::Message> AllocateMessage(events::Event& event);
template <typename Machine>
class PciTransport final : public Transport, private Signals {
 public:
  using Bus = typename Machine::Bus;
  static_assert(io::Bus<Bus>);

  /// `config` must live as long as the transport. Errors of FindPciLayout() and Machine::Map();
  /// kNotFound: it is no virtio device.
  static Result<PciTransport> Create(pci::ConfigSpace& config, const pci::Function& function,
                                     Machine machine) {
    const DeviceType type = PciDeviceType(config, function);
    if (type == DeviceType::kNone) {
      return std::unexpected(Error::kNotFound);
    }
    const PciLayout layout = ASHLAR_TRY(FindPciLayout(config, function.address));
    const Bus common = ASHLAR_TRY(machine.Map(layout.common.address, layout.common.size));
    const Bus notify = ASHLAR_TRY(machine.Map(layout.notify.address, layout.notify.size));
    const Bus interrupt_status =
        ASHLAR_TRY(machine.Map(layout.interrupt_status.address, layout.interrupt_status.size));
    std::optional<Bus> device;
    if (layout.device.size != 0) {
      device = ASHLAR_TRY(machine.Map(layout.device.address, layout.device.size));
    }
    pci::ChangeCommand(config, function.address, pci::kCommandMemory | pci::kCommandBusMaster);
    return PciTransport(config, function.address, machine, type, layout, common, notify,
                        interrupt_status, device);
  }

  std::uint8_t ReadStatus() override { return common_.Read8(PciCommon::kStatus); }
  void WriteStatus(std::uint8_t status) override { common_.Write8(PciCommon::kStatus, status); }

  Features ReadFeatures() override {
    common_.Write32(PciCommon::kDeviceFeatureSelect, 0);
    const Features low = common_.Read32(PciCommon::kDeviceFeature);
    common_.Write32(PciCommon::kDeviceFeatureSelect, 1);
    return low | Features{common_.Read32(PciCommon::kDeviceFeature)} << 32;
  }
  void WriteFeatures(Features features) override {
    common_.Write32(PciCommon::kDriverFeatureSelect, 0);
    common_.Write32(PciCommon::kDriverFeature, static_cast<std::uint32_t>(features));
    common_.Write32(PciCommon::kDriverFeatureSelect, 1);
    common_.Write32(PciCommon::kDriverFeature, static_cast<std::uint32_t>(features >> 32));
  }

  Result<void> ReadConfig(std::size_t offset, std::span<std::byte> into) override {
    const std::size_t size = layout_.device.size;
    if (!device_ || offset > size || into.size() > size - offset) {
      return std::unexpected(Error::kUnsupported);
    }
    constexpr int kTries = 100;
    for (int i = 0; i < kTries; ++i) {
      const std::uint8_t before = common_.Read8(PciCommon::kConfigGeneration);
      ReadConfigField(*device_, offset, into);
      if (before == common_.Read8(PciCommon::kConfigGeneration)) {
        return {};
      }
    }
    return std::unexpected(Error::kBroken);
  }

  Result<std::uint16_t> MaximumRingSize(std::uint16_t queue) override {
    if (queue >= kMostQueues || queue >= common_.Read16(PciCommon::kQueues)) {
      return std::unexpected(Error::kNotFound);
    }
    common_.Write16(PciCommon::kQueueSelect, queue);
    const std::uint16_t size = common_.Read16(PciCommon::kQueueSize);
    if (size == 0) {
      return std::unexpected(Error::kNotFound);
    }
    return std::min<std::uint16_t>(size, 32768);
  }

  Result<Signals*> StartQueue(std::uint16_t queue, const RingAddresses& ring,
                              events::Event* event) override {
    if (queue >= kMostQueues) {
      return std::unexpected(Error::kNotFound);
    }
    const std::uint16_t vector = event == nullptr ? kNoVector : ASHLAR_TRY(VectorFor(*event));
    common_.Write16(PciCommon::kQueueSelect, queue);
    const std::size_t doorbell =
        std::size_t{common_.Read16(PciCommon::kQueueNotifyOffset)} * layout_.notify_multiplier;
    if (doorbell + sizeof(std::uint16_t) > layout_.notify.size ||
        doorbell % sizeof(std::uint16_t) != 0) {
      return std::unexpected(Error::kBroken);
    }
    doorbells_[queue] = static_cast<std::uint32_t>(doorbell);
    common_.Write16(PciCommon::kQueueSize, ring.size);
    if (vector != kNoVector) {
      common_.Write16(PciCommon::kQueueVector, vector);
      if (common_.Read16(PciCommon::kQueueVector) != vector) {
        return std::unexpected(Error::kNoSpace);
      }
    }
    WriteAddress(PciCommon::kQueueDescriptors, ring.descriptors);
    WriteAddress(PciCommon::kQueueDriver, ring.driver);
    WriteAddress(PciCommon::kQueueDevice, ring.device);
    common_.Write16(PciCommon::kQueueEnable, 1);
    if (common_.Read16(PciCommon::kQueueEnable) != 1) {
      return std::unexpected(Error::kBroken);
    }
    Signals* signals = this;
    return signals;
  }

 private:
  static constexpr std::uint16_t kMostQueues = 16;
  static constexpr std::uint16_t kMostVectors = 8;
  static constexpr std::uint16_t kNoVector = 0xffff;

  PciTransport(pci::ConfigSpace& config, pci::Address address, Machine machine, DeviceType type,
               const PciLayout& layout, Bus common, Bus notify, Bus interrupt_status,
               std::optional<Bus> device)
      : config_(&config),
        address_(address),
        machine_(machine),
        layout_(layout),
        common_(common),
        notify_(notify),
        interrupt_status_(interrupt_status),
        device_(device) {
    type_ = type;
  }

  void Notify(std::uint16_t queue) override { notify_.Write16(doorbells_[queue], queue); }
  void AcknowledgeInterrupt() override {
    if (!msix_) {
      interrupt_status_.Read8(
          0);  // reading clears it, and lets go of the line [virtio-1.2 §4.1.4.5]
    }
  }

  // The number of the message that notes `event`, or kNoVector if the line does.
  Result<std::uint16_t> VectorFor(events::Event& event) {
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (events_[i] == &event) {
        return msix_ ? static_cast<std::uint16_t>(i) : kNoVector;
      }
    }
    if (events_[0] == nullptr) {
      const Result<void> messages = UseMessages();
      if (!messages && messages.error() != Error::kNotFound &&
          messages.error() != Error::kUnsupported) {
        return std::unexpected(messages.error());
      }
    }
    if (msix_) {
      const auto index = static_cast<std::uint16_t>(
          std::find(events_.begin(), events_.end(), nullptr) - events_.begin());
      if (index >= std::min<std::size_t>(events_.size(), msix_->entries)) {
        return std::unexpected(Error::kNoSpace);
      }
      const Result<events::Message> message = machine_.AllocateMessage(event);
      if (message) {
        if (index == 0) {
          pci::EnableMsix(*config_, address_, *msix_);
          common_.Write16(PciCommon::kConfigVector,
                          kNoVector);  // changes of configuration interest nobody
        }
        pci::WriteMsixEntry(*table_, index, message->address, message->data);
        events_[index] = &event;
        return index;
      }
      if (index != 0 || message.error() != Error::kUnsupported) {
        return std::unexpected(message.error());
      }
      msix_.reset();
    }
    if (events_[0] != nullptr) {
      return std::unexpected(Error::kExists);
    }
    const std::uint8_t line = ASHLAR_TRY(pci::InterruptLine(*config_, address_));
    ASHLAR_TRY(machine_.Listen(line, event));
    events_[0] = &event;
    return kNoVector;
  }

  Result<void> UseMessages() {
    const pci::Msix msix = ASHLAR_TRY(pci::FindMsix(*config_, address_));
    table_ = ASHLAR_TRY(machine_.Map(msix.table_address, msix.entries * pci::kMsixEntrySize));
    msix_ = msix;
    return {};
  }

  void WriteAddress(std::size_t offset, std::uint64_t address) {
    common_.Write32(offset, static_cast<std::uint32_t>(address));
    common_.Write32(offset + 4, static_cast<std::uint32_t>(address >> 32));
  }

  pci::ConfigSpace* config_;
  pci::Address address_;
  [[no_unique_address]] Machine machine_;
  PciLayout layout_;
  Bus common_;
  Bus notify_;
  Bus interrupt_status_;
  std::optional<Bus> device_;
  std::optional<pci::Msix> msix_;
  std::optional<Bus> table_;
  std::array<events::Event*, kMostVectors> events_ =
      {};  // of each message; the first alone, with a line
  std::array<std::uint32_t, kMostQueues> doorbells_ = {};  // offset in the notification structure
};

}  // namespace ashlar::virtio
