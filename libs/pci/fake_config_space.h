// A PCI configuration space in memory, for tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "libs/pci/pci.h"

namespace ashlar::pci {

/// One function's registers. Writes reach the command register, the base addresses, the interrupt
/// line, MSI-X control, MSI, the power state, and the link control.
struct FakeFunction {
  std::array<std::uint32_t, 64> registers = {};
  std::array<std::uint32_t, 6> bar_masks = {};  ///< which bits of each base address can be written
  std::uint8_t msix = 0;                        ///< offset of the MSI-X capability
  std::uint8_t msi = 0;                         ///< offset of the MSI capability
  std::uint8_t power = 0;                       ///< offset of the power management capability
  std::uint8_t express = 0;                     ///< offset of the PCI Express capability
  bool wakes_up = true;
  bool decoded_while_sizing = false;

  static FakeFunction Device(std::uint16_t vendor, std::uint16_t device) {
    FakeFunction function;
    function.registers[0] = vendor | std::uint32_t{device} << 16;
    function.registers[1] = kCommandMemory;
    return function;
  }
  static FakeFunction Bridge(std::uint8_t secondary) {
    FakeFunction function = Device(0x8086, 0x2448);
    function.registers[2] = 0x06040000;
    function.registers[3] = 1u << 16;
    function.registers[6] = std::uint32_t{secondary} << 8;
    return function;
  }
  /// A memory range of `size` bytes, a power of two; takes two registers if `wide`.
  FakeFunction& Bar(unsigned index, std::uint64_t address, std::uint64_t size, bool wide = false) {
    const std::uint64_t mask = ~(size - 1);
    registers[4 + index] = static_cast<std::uint32_t>(address) | (wide ? 4u : 0u);
    bar_masks[index] = static_cast<std::uint32_t>(mask);
    if (wide) {
      registers[5 + index] = static_cast<std::uint32_t>(address >> 32);
      bar_masks[index + 1] = static_cast<std::uint32_t>(mask >> 32);
    }
    return *this;
  }
  /// Appends a capability at `offset`: its ID goes into the first byte, the link into the second.
  FakeFunction& Capability(std::uint8_t offset, std::uint8_t id,
                           const std::vector<std::uint32_t>& words) {
    registers[1] |= 1u << 20;
    if (last_capability == 0) {
      registers[0x34 / 4] = offset;
    } else {
      registers[last_capability / 4u] |= std::uint32_t{offset} << 8;
    }
    last_capability = offset;
    for (std::size_t i = 0; i < words.size(); ++i) {
      registers[offset / 4u + i] = words[i];
    }
    registers[offset / 4u] |= id;
    if (id == kCapabilityMsix) {
      msix = offset;
    } else if (id == kCapabilityMsi) {
      msi = offset;
    } else if (id == kCapabilityPower) {
      power = offset;
    } else if (id == kCapabilityExpress) {
      express = offset;
    }
    return *this;
  }

  std::uint8_t last_capability = 0;
};

class FakeConfigSpace final : public ConfigSpace {
 public:
  FakeFunction& At(Address address) { return functions[Key(address)]; }

  std::uint32_t Read(Address address, std::uint8_t offset) override {
    ++reads;
    const auto found = functions.find(Key(address));
    return found == functions.end() ? ~std::uint32_t{0} : found->second.registers[offset / 4];
  }
  void Write(Address address, std::uint8_t offset, std::uint32_t value) override {
    const auto found = functions.find(Key(address));
    if (found == functions.end()) {
      return;
    }
    FakeFunction& function = found->second;
    std::uint32_t& target = function.registers[offset / 4];
    if (offset == 4) {
      target = (target & 0xffff0000) | (value & 0xffff);
    } else if (offset >= 0x10 && offset < 0x28) {
      const std::uint32_t mask = function.bar_masks[(offset - 0x10u) / 4];
      function.decoded_while_sizing |=
          value == ~0u && (function.registers[1] & kCommandMemory) != 0;
      target = (target & ~mask) | (value & mask);
    } else if (function.msix != 0 && offset == function.msix) {
      target = (target & 0x3fffffff) | (value & 0xc0000000);
    } else if (function.msi != 0 && offset == function.msi) {
      target = (target & 0xff8effff) | (value & 0x00710000);
    } else if (function.msi != 0 && offset > function.msi && offset <= function.msi + 12) {
      target = value;
    } else if (offset == 0x3c) {
      target = (target & ~0xffu) | (value & 0xff);
    } else if (function.power != 0 && offset == function.power + 4) {
      SetPower(function, target, value);
    } else if (function.express != 0 && offset == function.express + 0x10) {
      target = ((target & 0xffff0000) & ~value) | (value & 0xffff);  // ones clear the status
    }
  }

  std::map<std::uint32_t, FakeFunction> functions;
  std::size_t reads = 0;

 private:
  // Who wakes up has forgotten what firmware told it.
  static void SetPower(FakeFunction& function, std::uint32_t& target, std::uint32_t value) {
    const bool wakes = (target & 3) != 0 && (value & 3) == 0;
    if (wakes && !function.wakes_up) {
      return;
    }
    target = (target & ~0x0103u & ~(value & 0x8000)) | (value & 0x0103);
    if (wakes) {
      function.registers[1] &= 0xffff0000;
      for (std::size_t i = 0; i < function.bar_masks.size(); ++i) {
        function.registers[4 + i] &= ~function.bar_masks[i];
      }
      function.registers[0x3c / 4] &= ~0xffu;
    }
  }

  static std::uint32_t Key(Address address) {
    return std::uint32_t{address.bus} << 8 | std::uint32_t{address.device} << 3 | address.function;
  }
};

}  // namespace ashlar::pci
