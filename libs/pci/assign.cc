// Writes base addresses as firmware would.
// SPDX-License-Identifier: Apache-2.0
#include "libs/pci/assign.h"

#include <bit>
#include <cstdint>

#include "libs/pci/pci.h"

namespace ashlar::pci {
namespace {

// Configuration registers [PCI-3.0 §6.1].
constexpr std::uint8_t kBars = 0x10;
constexpr std::uint8_t kInterrupt = 0x3c;

constexpr std::uint32_t kIo = 1;
constexpr std::uint32_t kFlags = 0xf;
constexpr std::uint32_t kAllOnes = ~std::uint32_t{0};

bool IsWide(std::uint32_t low) { return (low >> 1 & 3) == 2; }

// The place for `size` bytes, a power of two, or zero: there is none.
std::uint64_t Take(Window& window, std::uint64_t size) {
  const std::uint64_t padding = (size - window.base % size) % size;
  if (padding > window.size || size > window.size - padding) {
    return 0;
  }
  const std::uint64_t address = window.base + padding;
  window.base = address + size;
  window.size -= padding + size;
  return address;
}

}  // namespace

void AssignAddresses(ConfigSpace& config, const Function& function, Window& window) {
  const Address address = function.address;
  const unsigned count = function.header_type == 0 ? 6 : 2;
  ChangeCommand(config, address, 0, kCommandIo | kCommandMemory);
  for (unsigned index = 0; index < count; ++index) {
    const auto offset = static_cast<std::uint8_t>(kBars + 4 * index);
    const std::uint32_t low = config.Read(address, offset);
    const bool wide = (low & kIo) == 0 && IsWide(low);
    if (wide && ++index == count) {
      return;  // half of a register: nonsense
    }
    const auto high_offset = static_cast<std::uint8_t>(offset + 4);
    if ((low & kIo) != 0 || (low & ~kFlags) != 0 ||
        (wide && config.Read(address, high_offset) != 0)) {
      continue;
    }
    config.Write(address, offset, kAllOnes);
    const std::uint32_t mask = config.Read(address, offset) & ~kFlags;
    config.Write(address, offset, low);
    const std::uint32_t size = ~mask + 1;
    // Of 4 GiB and more, not there, or nonsense.
    if (mask == 0 || !std::has_single_bit(size)) {
      continue;
    }
    const std::uint64_t place = Take(window, size);
    config.Write(address, offset, static_cast<std::uint32_t>(place) | (low & kFlags));
    if (wide) {
      config.Write(address, high_offset, 0);
    }
  }
}

std::uint8_t InterruptPin(ConfigSpace& config, Address address) {
  const auto pin = static_cast<std::uint8_t>(config.Read(address, kInterrupt) >> 8);
  return pin <= 4 ? pin : 0;
}

void SetInterruptLine(ConfigSpace& config, Address address, std::uint8_t line) {
  const std::uint32_t value = config.Read(address, kInterrupt);
  config.Write(address, kInterrupt, (value & ~std::uint32_t{0xff}) | line);
}

}  // namespace ashlar::pci
