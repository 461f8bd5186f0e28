// Reads the FADT.
// SPDX-License-Identifier: Apache-2.0
#include "libs/acpi/fadt.h"

#include <cstddef>
#include <cstdint>

#include "libs/acpi/acpi.h"
#include "libs/acpi/little_endian.h"

namespace ashlar::acpi {
namespace {

// Offsets of [ACPI §5.2.9 table 5.9].
constexpr std::size_t kDsdt = 40;
constexpr std::size_t kSmiCommand = 48;
constexpr std::size_t kAcpiEnable = 52;
constexpr std::size_t kPm1aControl = 64;
constexpr std::size_t kPm1bControl = 68;
constexpr std::size_t kPmTimer = 76;
constexpr std::size_t kFlags = 112;
constexpr std::size_t kXDsdt = 140;
constexpr std::size_t kXPm1aControl = 172;
constexpr std::size_t kXPm1bControl = 184;
constexpr std::size_t kXPmTimer = 208;
constexpr std::size_t kSleepControl = 244;

constexpr std::uint32_t kFlagTimerHas32Bits = 1 << 8;
constexpr std::uint32_t kFlagHardwareReduced = 1 << 20;

// A generic address structure: space, width, offset, access size, then the address.
RegisterAddress LoadAddress(Table table, std::size_t offset) {
  return {Load<std::uint64_t>(table, offset + 4), Load<std::uint8_t>(table, offset)};
}

// The extended field if it is filled in, else the old one, a port.
RegisterAddress LoadRegister(Table table, std::size_t extended, std::size_t legacy) {
  const RegisterAddress address = LoadAddress(table, extended);
  if (address.address != 0) {
    return address;
  }
  return {Load<std::uint32_t>(table, legacy), static_cast<std::uint8_t>(RegisterAddress::Space::kPort)};
}

}  // namespace

Fadt ParseFadt(Table table) {
  const auto flags = Load<std::uint32_t>(table, kFlags);
  const auto extended_dsdt = Load<std::uint64_t>(table, kXDsdt);
  const auto smi_command = Load<std::uint32_t>(table, kSmiCommand);
  return {
      .dsdt = extended_dsdt != 0 ? extended_dsdt : Load<std::uint32_t>(table, kDsdt),
      .hardware_reduced = (flags & kFlagHardwareReduced) != 0,
      .pm1a_control = LoadRegister(table, kXPm1aControl, kPm1aControl),
      .pm1b_control = LoadRegister(table, kXPm1bControl, kPm1bControl),
      .pm_timer = LoadRegister(table, kXPmTimer, kPmTimer),
      .pm_timer_has_32_bits = (flags & kFlagTimerHas32Bits) != 0,
      .sleep_control = LoadAddress(table, kSleepControl),
      .smi_command_port = static_cast<std::uint16_t>(smi_command <= 0xffff ? smi_command : 0),
      .acpi_enable = Load<std::uint8_t>(table, kAcpiEnable),
  };
}

}  // namespace ashlar::acpi
