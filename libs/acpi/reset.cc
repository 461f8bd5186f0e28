// Takes the reset register from the FADT, if its flags say that there is one.
// SPDX-License-Identifier: Apache-2.0
#include "libs/acpi/reset.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/acpi/acpi.h"
#include "libs/acpi/fadt.h"
#include "libs/base/foreign_bytes.h"

namespace ashlar::acpi {
namespace {

// Offsets of [ACPI §5.2.9 table 5.9].
constexpr std::size_t kFlags = 112;
constexpr std::size_t kResetRegister = 116;
constexpr std::size_t kResetValue = 128;

constexpr std::uint32_t kFlagResetRegister = 1 << 10;

}  // namespace

std::optional<Reset> FindReset(Table fadt) {
  const RegisterAddress address = {Load<std::uint64_t>(fadt, kResetRegister + 4),
                                   Load<std::uint8_t>(fadt, kResetRegister)};
  if ((Load<std::uint32_t>(fadt, kFlags) & kFlagResetRegister) == 0 || address.address == 0) {
    return std::nullopt;
  }
  return Reset{address, Load<std::uint8_t>(fadt, kResetValue)};
}

}  // namespace ashlar::acpi
