// Leaving a virtual machine: by the exit device, by ACPI, by reset.
// SPDX-License-Identifier: Apache-2.0
#include "libs/halt/halt.h"

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
#include "platforms/kvm/acpi_tables.h"
#include "platforms/kvm/leave.h"
#include "platforms/kvm/physical_memory.h"

namespace ashlar::halt {
namespace {

// PM1 control register [ACPI §4.8.3.2.1].
constexpr std::uint16_t kSciEnabled = 1 << 0;
constexpr unsigned kPm1SleepTypeShift = 10;
constexpr std::uint16_t kPm1SleepEnable = 1 << 13;
// Sleep control register of hardware-reduced machines [ACPI §4.8.3.7].
constexpr unsigned kSleepTypeShift = 2;
constexpr std::uint8_t kSleepEnable = 1 << 5;

// Set once ACPI was tried: what goes wrong there comes back here.
constinit bool powering_off = false;

// Hands the power management registers over from the firmware, where it still has them.
void EnableAcpi(const acpi::Fadt& fadt, std::uint16_t pm1_control_port) {
  if (fadt.smi_command_port == 0 || fadt.acpi_enable == 0) {
    return;
  }
  constexpr int kMaxPolls = 10'000;
  if ((x86_64::In16(pm1_control_port) & kSciEnabled) == 0) {
    x86_64::Out8(fadt.smi_command_port, fadt.acpi_enable);
  }
  for (int i = 0; i < kMaxPolls && (x86_64::In16(pm1_control_port) & kSciEnabled) == 0; ++i) {
  }
}

void WritePm1(acpi::RegisterAddress control, std::uint8_t sleep_type) {
  if (control.is_port()) {
    x86_64::Out16(static_cast<std::uint16_t>(control.address),
                  static_cast<std::uint16_t>(kPm1SleepEnable | sleep_type << kPm1SleepTypeShift));
  }
}

// Hypervisors power off a moment after they were told to.
void GiveTheHostAMoment() {
  constexpr int kPauses = 200'000;
  for (int i = 0; i < kPauses; ++i) {
    x86_64::Pause();
  }
}

// Enters the state "soft off". Returns if the machine has no ACPI or does not do what it says.
Result<void> PowerOff() {
  const acpi::Tables tables = ASHLAR_TRY(kvm::AcpiTables());
  const acpi::Fadt fadt = acpi::ParseFadt(ASHLAR_TRY(tables.Get("FACP")));
  const std::optional<acpi::SleepType> type =
      acpi::FindSoftOff(ASHLAR_TRY(tables.GetAt(fadt.dsdt, "DSDT")));
  if (!type) {
    return std::unexpected(Error::kUnsupported);
  }
  if (!fadt.hardware_reduced) {
    if (fadt.pm1a_control.is_port()) {
      EnableAcpi(fadt, static_cast<std::uint16_t>(fadt.pm1a_control.address));
    }
    WritePm1(fadt.pm1a_control, type->a);
    WritePm1(fadt.pm1b_control, type->b);
    GiveTheHostAMoment();
    return {};
  }
  const auto value = static_cast<std::uint8_t>(kSleepEnable | type->a << kSleepTypeShift);
  if (fadt.sleep_control.is_port()) {
    x86_64::Out8(static_cast<std::uint16_t>(fadt.sleep_control.address), value);
  } else if (fadt.sleep_control.is_memory()) {
    if (volatile std::byte* const control = kvm::DeviceRegisters(fadt.sleep_control.address, 1)) {
      *control = static_cast<std::byte>(value);
    }
  }
  GiveTheHostAMoment();
  return {};
}

}  // namespace

void Exit(int status) {
  kvm::LeaveByExitDevice(status);
  if (!powering_off) {
    powering_off = true;
    (void)PowerOff();
  }
  kvm::LeaveByReset();
}

}  // namespace ashlar::halt
