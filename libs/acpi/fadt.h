// The fixed ACPI description table: power management registers and where the DSDT is.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/acpi/acpi.h"

namespace ashlar::acpi {

/// A register, wherever it is [ACPI §5.2.3.2]. Address zero: there is none.
struct RegisterAddress {
  enum class Space : std::uint8_t { kMemory = 0, kPort = 1 };

  std::uint64_t address = 0;
  std::uint8_t space = 0;  ///< a Space, if we know it

  constexpr bool is_port() const {
    return space == static_cast<std::uint8_t>(Space::kPort) && address != 0 && address <= 0xffff;
  }
  constexpr bool is_memory() const {
    return space == static_cast<std::uint8_t>(Space::kMemory) && address != 0;
  }
};

/// What we use of it [ACPI §5.2.9].
struct Fadt {
  std::uint64_t dsdt = 0;
  bool hardware_reduced = false;  ///< none of the PM1 and timer registers exist
  RegisterAddress pm1a_control;
  RegisterAddress pm1b_control;
  RegisterAddress pm_timer;
  bool pm_timer_has_32_bits = false;
  RegisterAddress sleep_control;       ///< hardware-reduced only
  std::uint16_t smi_command_port = 0;  ///< zero: ACPI is always on
  std::uint8_t acpi_enable = 0;
};

/// Reads `table`, which is a "FACP"; fields it is too old for are zero.
Fadt ParseFadt(Table table);

}  // namespace ashlar::acpi
