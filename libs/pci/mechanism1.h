// PCI configuration mechanism #1: an address port and a data port [PCI-3.0 §3.2.2.3.2].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/io/io.h"
#include "libs/pci/pci.h"

namespace ashlar::pci {

/// The first of the mechanism's eight ports on PCs.
inline constexpr std::uint16_t kMechanism1Port = 0xcf8;

/// What a write to the address port says.
struct Mechanism1Address {
  static constexpr std::uint32_t kEnable = 1u << 31;

  static constexpr std::uint32_t Encode(Address address, std::uint8_t offset) {
    return kEnable | std::uint32_t{address.bus} << 16 | (address.device & 31u) << 11 |
           (address.function & 7u) << 8 | (offset & 0xfcu);
  }
};
static_assert(Mechanism1Address::Encode({.bus = 1, .device = 2, .function = 3}, 0x10) ==
              0x80011310);

/// The configuration space behind `bus`. Address and data are two accesses: one thread at a time,
/// and not in interrupt handlers.
template <io::Bus Bus>
class Mechanism1 final : public ConfigSpace {
 public:
  explicit constexpr Mechanism1(Bus bus) : bus_(bus) {}

  /// Whether the machine has it: the address port keeps what is written to it.
  bool Present() {
    bus_.Write32(kAddress, Mechanism1Address::kEnable);
    return bus_.Read32(kAddress) == Mechanism1Address::kEnable;
  }

  std::uint32_t Read(Address address, std::uint8_t offset) override {
    bus_.Write32(kAddress, Mechanism1Address::Encode(address, offset));
    return bus_.Read32(kData);
  }
  void Write(Address address, std::uint8_t offset, std::uint32_t value) override {
    bus_.Write32(kAddress, Mechanism1Address::Encode(address, offset));
    bus_.Write32(kData, value);
  }

  /// Some devices have registers that answer to their own width alone. `offset` is a multiple of
  /// it.
  std::uint8_t Read8(Address address, std::uint8_t offset) {
    bus_.Write32(kAddress, Mechanism1Address::Encode(address, offset));
    return bus_.Read8(kData + offset % 4);
  }
  void Write8(Address address, std::uint8_t offset, std::uint8_t value) {
    bus_.Write32(kAddress, Mechanism1Address::Encode(address, offset));
    bus_.Write8(kData + offset % 4, value);
  }
  void Write16(Address address, std::uint8_t offset, std::uint16_t value) {
    bus_.Write32(kAddress, Mechanism1Address::Encode(address, offset));
    bus_.Write16(kData + offset % 4, value);
  }

 private:
  static constexpr std::size_t kAddress = 0;
  static constexpr std::size_t kData = 4;

  Bus bus_;
};

}  // namespace ashlar::pci
