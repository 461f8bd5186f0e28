// PCI: enumeration, base addresses, capabilities, MSI-X.
// SPDX-License-Identifier: Apache-2.0
#include "libs/pci/pci.h"

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "libs/base/check.h"
#include "libs/base/result.h"

namespace ashlar::pci {
namespace {

// Configuration registers [PCI-3.0 §6.1].
constexpr std::uint8_t kIds = 0x00;
constexpr std::uint8_t kCommandStatus = 0x04;
constexpr std::uint8_t kClass = 0x08;
constexpr std::uint8_t kHeaderType = 0x0c;
constexpr std::uint8_t kBars = 0x10;
constexpr std::uint8_t kBusNumbers = 0x18;  // of a bridge
constexpr std::uint8_t kCapabilities = 0x34;
constexpr std::uint8_t kInterrupt = 0x3c;

constexpr std::uint16_t kNoVendor = 0xffff;
constexpr std::uint32_t kStatusCapabilities = 1 << 20;
constexpr std::uint8_t kMultiFunction = 0x80;
constexpr std::uint8_t kBridge = 1;

constexpr unsigned kBuses = 256;
constexpr unsigned kSlots = 32 * 8;

// Capabilities are at least 4 bytes and lie above the header: no more fit.
constexpr std::uint8_t kFirstCapability = 0x40;
constexpr int kMostCapabilities = (256 - kFirstCapability) / 4;

// MSI-X message control, in the upper half of the capability's first register [PCI-3.0 §6.8.2.3].
constexpr std::uint32_t kMsixEnable = 1u << 31;
constexpr std::uint32_t kMsixFunctionMask = 1u << 30;
// The same of MSI [PCI-3.0 §6.8.1.3].
constexpr std::uint32_t kMsiEnable = 1u << 16;

// The bus right behind a bridge.
unsigned SecondaryBus(ConfigSpace& config, Address bridge) {
  return config.Read(bridge, kBusNumbers) >> 8 & 0xff;
}

unsigned BarCount(ConfigSpace& config, Address address) {
  const std::uint32_t header = config.Read(address, kHeaderType);
  return (header >> 16 & 0x7f) == kBridge ? 2 : 6;
}

}  // namespace

Function Walk::Look(Address address, std::uint32_t ids, bool& multi_function) {
  const std::uint32_t class_register = config_.Read(address, kClass);
  const auto header = static_cast<std::uint8_t>(config_.Read(address, kHeaderType) >> 16);
  multi_function = (header & kMultiFunction) != 0;
  const Function function = {
      .address = address,
      .vendor_id = static_cast<std::uint16_t>(ids),
      .device_id = static_cast<std::uint16_t>(ids >> 16),
      .class_code = static_cast<std::uint8_t>(class_register >> 24),
      .subclass = static_cast<std::uint8_t>(class_register >> 16),
      .programming_interface = static_cast<std::uint8_t>(class_register >> 8),
      .header_type = static_cast<std::uint8_t>(header & ~kMultiFunction),
  };
  if (function.header_type == kBridge && !elsewhere_) {
    const unsigned secondary = SecondaryBus(config_, address);
    // Buses are numbered depth first: one behind a bridge has a higher number than the bridge's
    // own.
    if (secondary > address.bus) {
      pending_[secondary / 64] |= std::uint64_t{1} << secondary % 64;
    }
  }
  return function;
}

// Goes to the next bus to walk, or behind the last.
void Walk::FindNextBus() {
  slot_ = 0;
  ++bus_;
  for (unsigned word = bus_ / 64; word < pending_.size(); ++word) {
    const std::uint64_t rest =
        word == bus_ / 64 ? pending_[word] & ~std::uint64_t{0} << bus_ % 64 : pending_[word];
    if (rest != 0) {
      bus_ = 64 * word + static_cast<unsigned>(std::countr_zero(rest));
      return;
    }
  }
  bus_ = kBuses;
}

bool Walk::GoOnElsewhere() {
  if (elsewhere_) {
    return false;
  }
  elsewhere_ = true;
  for (std::uint64_t& buses : pending_) {
    buses = ~buses;
  }
  bus_ = 0;  // which was the first to be walked
  FindNextBus();
  return true;
}

std::optional<Function> Walk::Next() {
  while (bus_ < kBuses) {
    while (slot_ < kSlots) {
      const unsigned slot = slot_;
      const Address address = {static_cast<std::uint8_t>(bus_), static_cast<std::uint8_t>(slot / 8),
                               static_cast<std::uint8_t>(slot % 8)};
      const std::uint32_t ids = config_.Read(address, kIds);
      const auto vendor = static_cast<std::uint16_t>(ids);
      if (vendor == kNoVendor || vendor == 0) {
        // Without a function 0 the device has none at all.
        slot_ = address.function == 0 ? slot + 8 : slot + 1;
        continue;
      }
      bool multi_function = false;
      const Function function = Look(address, ids, multi_function);
      slot_ = address.function == 0 && !multi_function ? slot + 8 : slot + 1;
      return function;
    }
    FindNextBus();
  }
  return std::nullopt;
}

void ChangeCommand(ConfigSpace& config, Address address, std::uint16_t set, std::uint16_t clear) {
  const std::uint32_t command = config.Read(address, kCommandStatus) & 0xffff;
  // Zeros leave the status bits alone: they are cleared by ones.
  config.Write(address, kCommandStatus, (command & ~std::uint32_t{clear}) | set);
}

Result<Bar> ReadBar(ConfigSpace& config, Address address, unsigned index) {
  ASHLAR_CHECK(index < 6);
  const unsigned count = BarCount(config, address);
  if (index >= count) {
    return std::unexpected(Error::kNotFound);
  }
  const auto offset = static_cast<std::uint8_t>(kBars + 4 * index);
  const std::uint32_t low = config.Read(address, offset);
  const bool io = (low & 1) != 0;
  const bool wide = !io && (low >> 1 & 3) == 2;
  if (wide && index + 1 >= count) {
    return std::unexpected(Error::kBroken);
  }
  const auto high_offset = static_cast<std::uint8_t>(offset + 4);
  const std::uint32_t high = wide ? config.Read(address, high_offset) : 0;

  // A register in the middle of being sized must not answer to anything.
  const auto command = static_cast<std::uint16_t>(config.Read(address, kCommandStatus));
  ChangeCommand(config, address, 0, kCommandIo | kCommandMemory);
  config.Write(address, offset, ~std::uint32_t{0});
  const std::uint32_t low_mask = config.Read(address, offset);
  config.Write(address, offset, low);
  std::uint32_t high_mask = ~std::uint32_t{0};
  if (wide) {
    config.Write(address, high_offset, ~std::uint32_t{0});
    high_mask = config.Read(address, high_offset);
    config.Write(address, high_offset, high);
  }
  ChangeCommand(config, address, command & (kCommandIo | kCommandMemory));

  const std::uint32_t flags = io ? 0x3 : 0xf;
  if ((low_mask & ~flags) == 0 && (!wide || high_mask == 0)) {
    return std::unexpected(Error::kNotFound);
  }
  std::uint64_t mask = (std::uint64_t{high_mask} << 32) | (low_mask & ~flags);
  if (io && (mask & 0xffff0000) == 0) {
    mask |= 0xffff0000;  // devices may leave the upper half out: ports have 16 bits
  }
  Bar bar;
  bar.size = ~mask + 1;
  bar.address = (std::uint64_t{high} << 32) | (low & ~flags);
  bar.io = io;
  bar.prefetchable = !io && (low & 8) != 0;
  if (bar.address == 0) {
    return std::unexpected(Error::kUnsupported);
  }
  const bool wraps = bar.address + (bar.size - 1) < bar.address;
  if (!std::has_single_bit(bar.size) || (bar.address & (bar.size - 1)) != 0 || wraps) {
    return std::unexpected(Error::kBroken);
  }
  return bar;
}

Result<std::uint8_t> FindCapability(ConfigSpace& config, Address address, std::uint8_t id,
                                    std::uint8_t after) {
  if ((config.Read(address, kCommandStatus) & kStatusCapabilities) == 0) {
    return std::unexpected(Error::kNotFound);
  }
  auto offset = static_cast<std::uint8_t>(
      (after == 0 ? config.Read(address, kCapabilities) : config.Read(address, after) >> 8) & 0xfc);
  for (int i = 0; i < kMostCapabilities; ++i) {
    if (offset == 0) {
      return std::unexpected(Error::kNotFound);
    }
    if (offset < kFirstCapability) {
      return std::unexpected(Error::kBroken);
    }
    const std::uint32_t head = config.Read(address, offset);
    if (static_cast<std::uint8_t>(head) == id) {
      return offset;
    }
    offset = static_cast<std::uint8_t>(head >> 8 & 0xfc);
  }
  return std::unexpected(Error::kBroken);  // more than there is room for: a circle
}

Result<void> WakeUp(ConfigSpace& config, Address address,
                    void (*sleep)(std::chrono::milliseconds duration)) {
  // The capability's second register: control and status [PCI-PM-1.2 §3.2.4].
  constexpr std::uint32_t kState = 3;
  constexpr std::uint32_t kEventEnable = 1u << 8;
  constexpr std::uint32_t kEventStatus = 1u << 15;  // cleared by a one
  constexpr std::chrono::milliseconds kLongest{10};
  const Result<std::uint8_t> capability = FindCapability(config, address, kCapabilityPower);
  if (!capability || *capability > 256 - 8) {
    return {};  // then it knows no other state
  }
  const auto control = static_cast<std::uint8_t>(*capability + 4);
  const std::uint32_t value = config.Read(address, control);
  if ((value & kState) == 0) {
    return {};
  }
  // It may come back as from a reset, and forget what firmware told it.
  constexpr std::array<std::uint8_t, 9> kForgotten = {
      kCommandStatus, kHeaderType, 0x10, 0x14, 0x18, 0x1c, 0x20, 0x24, kInterrupt};
  std::array<std::uint32_t, kForgotten.size()> registers;
  for (std::size_t i = 0; i < registers.size(); ++i) {
    registers[i] = config.Read(address, kForgotten[i]);
  }
  config.Write(address, control, value & ~(kState | kEventEnable | kEventStatus));
  sleep(kLongest);
  if ((config.Read(address, control) & kState) != 0) {
    return std::unexpected(Error::kBroken);
  }
  registers[0] &= 0xffff;  // the status next to the command is cleared by ones
  registers[1] &= 0xffff;  // without the self-test, which a one would start
  for (std::size_t i = registers.size(); i-- > 0;) {
    config.Write(address, kForgotten[i], registers[i]);
  }
  return {};
}

void KeepLinkAwake(ConfigSpace& config, Address address) {
  const auto keep = [&config](Address end) {
    constexpr std::uint32_t kPowerSaving = 3;
    const Result<std::uint8_t> capability = FindCapability(config, end, kCapabilityExpress);
    if (!capability || *capability > 256 - 0x14) {
      return;
    }
    const auto control = static_cast<std::uint8_t>(*capability + 0x10);
    // Zeros leave the link's status in the upper half alone.
    config.Write(end, control, config.Read(end, control) & 0xffff & ~kPowerSaving);
  };
  keep(address);
  if (address.bus == 0) {
    return;  // no bridge leads there
  }
  Walk walk(config);
  while (const auto function = walk.Next()) {
    if (function->header_type == kBridge &&
        SecondaryBus(config, function->address) == address.bus) {
      keep(function->address);
      return;
    }
  }
}

Result<std::uint8_t> InterruptLine(ConfigSpace& config, Address address) {
  const std::uint32_t interrupt = config.Read(address, kInterrupt);
  const auto line = static_cast<std::uint8_t>(interrupt);
  const auto pin = static_cast<std::uint8_t>(interrupt >> 8);
  if (pin == 0 || pin > 4 || line == 0xff || line == 0) {
    return std::unexpected(Error::kNotFound);
  }
  return line;
}

void DisableMessages(ConfigSpace& config, Address address) {
  if (const auto msi = FindCapability(config, address, kCapabilityMsi)) {
    config.Write(address, *msi, config.Read(address, *msi) & ~kMsiEnable);
  }
  if (const auto msix = FindCapability(config, address, kCapabilityMsix)) {
    config.Write(address, *msix, config.Read(address, *msix) & ~kMsixEnable);
  }
}

Result<void> EnableMsi(ConfigSpace& config, Address address, std::uint64_t message_address,
                       std::uint32_t data) {
  // Message control, in the upper half of the capability's first register [PCI-3.0 §6.8.1.3].
  constexpr std::uint32_t kMessages = 7u << 20;  // how many may be sent; zero: one
  constexpr std::uint32_t kHas64Bits = 1u << 23;
  const std::uint8_t capability = ASHLAR_TRY(FindCapability(config, address, kCapabilityMsi));
  const std::uint32_t control = config.Read(address, capability) & ~(kMsiEnable | kMessages);
  const bool wide = (control & kHas64Bits) != 0;
  if (capability > 256 - 16) {
    return std::unexpected(Error::kBroken);
  }
  const auto high = static_cast<std::uint32_t>(message_address >> 32);
  if (high != 0 && !wide) {
    return std::unexpected(Error::kUnsupported);
  }
  const auto at = [&](unsigned offset) { return static_cast<std::uint8_t>(capability + offset); };
  config.Write(address, at(4), static_cast<std::uint32_t>(message_address));
  if (wide) {
    config.Write(address, at(8), high);
  }
  config.Write(address, at(wide ? 12 : 8), data);
  config.Write(address, capability, control | kMsiEnable);
  ChangeCommand(config, address, kCommandInterruptDisable);
  return {};
}

Result<Msix> FindMsix(ConfigSpace& config, Address address) {
  const std::uint8_t capability = ASHLAR_TRY(FindCapability(config, address, kCapabilityMsix));
  if (capability > 256 - 12) {
    return std::unexpected(Error::kBroken);
  }
  const std::uint32_t control = config.Read(address, capability);
  const std::uint32_t table = config.Read(address, static_cast<std::uint8_t>(capability + 4));
  Msix msix;
  msix.capability = capability;
  msix.entries = static_cast<std::uint16_t>((control >> 16 & 0x7ff) + 1);
  const unsigned bar_index = table & 7;
  if (bar_index > 5) {
    return std::unexpected(Error::kBroken);
  }
  const Bar bar = ASHLAR_TRY(ReadBar(config, address, bar_index));
  const std::uint64_t offset = table & ~std::uint32_t{7};
  const std::uint64_t size = msix.entries * kMsixEntrySize;
  if (bar.io || offset > bar.size || size > bar.size - offset) {
    return std::unexpected(Error::kBroken);
  }
  msix.table_address = bar.address + offset;
  return msix;
}

void EnableMsix(ConfigSpace& config, Address address, const Msix& msix) {
  const std::uint32_t control = config.Read(address, msix.capability);
  config.Write(address, msix.capability, (control & ~kMsixFunctionMask) | kMsixEnable);
  ChangeCommand(config, address, kCommandInterruptDisable);
}

}  // namespace ashlar::pci
