// Starting a PC anew as ACPI says.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "libs/acpi/acpi.h"
#include "libs/acpi/reset.h"
#include "libs/arch/x86_64/cpu.h"
#include "libs/arch/x86_64/port.h"
#include "libs/base/result.h"
#include "libs/identity_map/identity_map.h"
#include "platforms/pc/acpi_tables.h"

namespace ashlar::pc {

/// Writes the reset register [ACPI §4.8.3.6]. Returns if the machine has none, or has one that does
/// nothing.
inline Result<void> RebootByAcpi() {
  const acpi::Tables tables = ASHLAR_TRY(AcpiTables());
  const std::optional<acpi::Reset> reset = acpi::FindReset(ASHLAR_TRY(tables.Get("FACP")));
  if (!reset) {
    return std::unexpected(Error::kUnsupported);
  }
  const std::uint64_t address = reset->address.address;
  if (reset->address.is_port()) {
    x86_64::Out8(static_cast<std::uint16_t>(address), reset->value);
  } else if (reset->address.is_memory()) {
    if (volatile std::byte* const target = identity_map::DeviceRegisters(address, 1)) {
      *target = static_cast<std::byte>(reset->value);
    }
  } else if (reset->address.space == acpi::Reset::kConfigurationSpace) {
    // By mechanism #1 [PCI-3.0 §3.2.2.3.2], here rather than by //libs/pci, which needs a way to
    // halt.
    constexpr std::uint16_t kAddressPort = 0xcf8;
    constexpr std::uint16_t kDataPort = 0xcfc;
    constexpr std::uint32_t kEnable = 1u << 31;
    const auto device = static_cast<std::uint32_t>(address >> 32 & 31);
    const auto function = static_cast<std::uint32_t>(address >> 16 & 7);
    const auto offset = static_cast<std::uint8_t>(address);
    x86_64::Out32(kAddressPort, kEnable | device << 11 | function << 8 | (offset & 0xfc));
    x86_64::Out8(static_cast<std::uint16_t>(kDataPort + offset % 4), reset->value);
  }
  constexpr int kPauses = 10'000'000;  // it may take a moment
  for (int i = 0; i < kPauses; ++i) {
    x86_64::Pause();
  }
  return {};
}

}  // namespace ashlar::pc
