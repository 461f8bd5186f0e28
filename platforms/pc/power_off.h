// ACPI's soft off, for a machine's halt: always inline, since every image has it, and once.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>

#include "libs/acpi/acpi.h"
#include "libs/acpi/aml.h"
#include "libs/acpi/fadt.h"
#include "libs/arch/x86_64/cpu.h"
#include "libs/arch/x86_64/port.h"
#include "libs/base/result.h"
#include "libs/identity_map/identity_map.h"
#include "platforms/pc/acpi_tables.h"

namespace ashlar::pc {
namespace power_off {

// PM1 control register [ACPI §4.8.3.2.1].
inline constexpr std::uint16_t kSciEnabled = 1 << 0;
inline constexpr unsigned kPm1SleepTypeShift = 10;
inline constexpr std::uint16_t kPm1SleepEnable = 1 << 13;
inline constexpr std::uint16_t kPm1Sleep = kPm1SleepEnable | 7 << kPm1SleepTypeShift;
// Sleep control register of hardware-reduced machines [ACPI §4.8.3.7].
inline constexpr unsigned kSleepTypeShift = 2;
inline constexpr std::uint8_t kSleepEnable = 1 << 5;

// Hands the power management registers over from the firmware, where it still has them.
[[gnu::always_inline]] inline void EnableAcpi(const acpi::Fadt& fadt,
                                              std::uint16_t pm1_control_port) {
  if (fadt.smi_command_port == 0 || fadt.acpi_enable == 0) {
    return;
  }
  constexpr int kMaxPolls = 3'000'000;  // of a microsecond: some firmware takes seconds [ACPICA]
  if ((x86_64::In16(pm1_control_port) & kSciEnabled) == 0) {
    x86_64::Out8(fadt.smi_command_port, fadt.acpi_enable);
  }
  for (int i = 0; i < kMaxPolls && (x86_64::In16(pm1_control_port) & kSciEnabled) == 0; ++i) {
  }
}

[[gnu::always_inline]] inline void WritePm1(acpi::RegisterAddress control,
                                            std::uint8_t sleep_type) {
  if (control.is_port()) {
    const auto port = static_cast<std::uint16_t>(control.address);
    const auto others = static_cast<std::uint16_t>(x86_64::In16(port) & ~kPm1Sleep);
    x86_64::Out16(port, static_cast<std::uint16_t>(others | kPm1SleepEnable |
                                                   sleep_type << kPm1SleepTypeShift));
  }
}

// Hypervisors power off a moment after they were told to.
[[gnu::always_inline]] inline void GiveTheHostAMoment() {
  constexpr int kPauses = 200'000;
  for (int i = 0; i < kPauses; ++i) {
    x86_64::Pause();
  }
}

}  // namespace power_off

/// Enters the state "soft off". Returns if the machine has no ACPI or does not do what it says.
[[gnu::always_inline]] inline Result<void> PowerOff() {
  const acpi::Tables tables = ASHLAR_TRY(AcpiTables());
  const acpi::Fadt fadt = acpi::ParseFadt(ASHLAR_TRY(tables.Get("FACP")));
  const std::optional<acpi::SleepType> type =
      acpi::FindSoftOff(ASHLAR_TRY(tables.GetAt(fadt.dsdt, "DSDT")));
  if (!type) {
    return std::unexpected(Error::kUnsupported);
  }
  if (!fadt.hardware_reduced) {
    if (fadt.pm1a_control.is_port()) {
      power_off::EnableAcpi(fadt, static_cast<std::uint16_t>(fadt.pm1a_control.address));
    }
    power_off::WritePm1(fadt.pm1a_control, type->a);
    power_off::WritePm1(fadt.pm1b_control, type->b);
    power_off::GiveTheHostAMoment();
    return {};
  }
  const auto value =
      static_cast<std::uint8_t>(power_off::kSleepEnable | type->a << power_off::kSleepTypeShift);
  if (fadt.sleep_control.is_port()) {
    x86_64::Out8(static_cast<std::uint16_t>(fadt.sleep_control.address), value);
  } else if (fadt.sleep_control.is_memory()) {
    if (volatile std::byte* const control =
            identity_map::DeviceRegisters(fadt.sleep_control.address, 1)) {
      *control = static_cast<std::byte>(value);
    }
  }
  power_off::GiveTheHostAMoment();
  return {};
}

}  // namespace ashlar::pc
