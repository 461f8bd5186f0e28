// How the FADT says a machine is reset.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "libs/acpi/acpi.h"
#include "libs/acpi/fadt.h"

namespace ashlar::acpi {

/// Writing `value`, a byte, to `address` resets the machine. A port, memory, or, in space
/// kConfigurationSpace, a register of a PCI device of bus 0: its device number in bits 32 to 47 of
/// the address, function in 16 to 31, offset in 0 to 15 [ACPI §4.8.3.6].
struct Reset {
  static constexpr std::uint8_t kConfigurationSpace = 2;

  RegisterAddress address;
  std::uint8_t value;
};

/// Nothing if `fadt`, a "FACP", names none. Apart from ParseFadt(): few ask.
std::optional<Reset> FindReset(Table fadt);

}  // namespace ashlar::acpi
