// PCI Express's enhanced configuration access: all registers in one window of memory [PCIe-5.0
// §7.2.2].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/io/io.h"
#include "libs/pci/pci.h"

namespace ashlar::pci {

/// Bytes of the window for each bus.
inline constexpr std::size_t kEcamBytesPerBus = 1 << 20;

/// The configuration space in the window behind `bus`, which holds the buses 0..`last_bus`; the
/// machine's firmware tables tell where it is.
template <io::Bus Bus>
class Ecam final : public ConfigSpace {
 public:
  constexpr Ecam(Bus bus, std::uint8_t last_bus) : bus_(bus), last_bus_(last_bus) {}

  std::uint32_t Read(Address address, std::uint8_t offset) override {
    return address.bus > last_bus_ ? ~std::uint32_t{0} : bus_.Read32(At(address, offset));
  }
  void Write(Address address, std::uint8_t offset, std::uint32_t value) override {
    if (address.bus <= last_bus_) {
      bus_.Write32(At(address, offset), value);
    }
  }

 private:
  static constexpr std::size_t At(Address address, std::uint8_t offset) {
    return std::size_t{address.bus} << 20 | (address.device & std::size_t{31}) << 15 |
           (address.function & std::size_t{7}) << 12 | (offset & 0xfcu);
  }

  Bus bus_;
  std::uint8_t last_bus_;
};

}  // namespace ashlar::pci
