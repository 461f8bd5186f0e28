// The clock of a PC: the time-stamp counter, at the frequency that the CPU states, or else
// calibrated against the best of the PC's timers while time goes by.
//
// No hypervisor is asked for anything, though there may be one.
// SPDX-License-Identifier: Apache-2.0
#include "libs/clock/clock.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/acpi/acpi.h"
#include "libs/acpi/fadt.h"
#include "libs/acpi/hpet.h"
#include "libs/arch/x86_64/cpuid.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/clock/tick_rate.h"
#include "libs/identity_map/identity_map.h"
#include "platforms/pc/acpi_tables.h"
#include "platforms/pc/tsc.h"
#include "platforms/pc/tsc_clock.h"

namespace ashlar {
namespace {

void UseNextTimer();
constinit pc::TscClock</*kKnowsHpet=*/true, UseNextTimer> tsc_clock;
constinit bool started = false;

// What the counter's rate is taken from, if what is used now stands still.
constinit std::size_t next_timer = 0;

// Of Monotonic zero, once it was found.
constinit std::optional<std::chrono::nanoseconds> unix_time_at_start;

bool UseHpet() {
  const Result<acpi::Tables> tables = pc::AcpiTables();
  const Result<acpi::Table> table = tables ? tables->Get("HPET") : std::unexpected(tables.error());
  const std::uint64_t address = table ? acpi::HpetAddress(*table) : 0;
  if (address == 0) {
    return false;
  }
  volatile std::byte* const registers = identity_map::DeviceRegisters(address, kPageSize);
  return registers != nullptr && tsc_clock.UseHpet(registers);
}

bool UsePowerManagementTimer() {
  const Result<acpi::Fadt> fadt = pc::AcpiFadt();
  if (!fadt || fadt->hardware_reduced || !fadt->pm_timer.is_port()) {
    return false;
  }
  tsc_clock.UsePowerManagementTimer(static_cast<std::uint16_t>(fadt->pm_timer.address),
                                    fadt->pm_timer_has_32_bits);
  return true;
}

// The base frequency that the CPU states in whole MHz [SDM CPUID leaf 0x16]: the counter's own, to
// a few hundredths of a percent.
std::uint64_t BaseHertz() { return std::uint64_t{x86_64::Cpuid(0x16).eax & 0xffff} * 1'000'000; }

bool UseBaseFrequency() {
  const std::uint64_t hertz = BaseHertz();
  if (!pc::IsTscFrequency(hertz)) {
    return false;
  }
  tsc_clock.UseHertz(hertz);
  return true;
}

// The next that the machine has. The base frequency comes before the 8254, which PCs may have
// switched off.
void UseNextTimer() {
  constexpr std::array<bool (*)(), 3> kTimers = {UseHpet, UsePowerManagementTimer,
                                                 UseBaseFrequency};
  while (next_timer < kTimers.size()) {
    if (kTimers[next_timer++]()) {
      return;
    }
  }
  tsc_clock.UseIntervalTimer();
}

void Start() {
  started = true;
  if (const std::uint64_t hertz = pc::CpuTscHertz(); pc::IsTscFrequency(hertz)) {
    tsc_clock.UseHertz(hertz);
    return;
  }
  UseNextTimer();
}

std::int64_t Now() {
  if (!started) {
    Start();
  }
  return tsc_clock.Now();
}

}  // namespace

namespace clock {

Instant Monotonic::now() { return Instant(Duration(Now())); }

std::chrono::nanoseconds UnixTime() {
  const std::int64_t now = Now();
  if (!unix_time_at_start) {
    unix_time_at_start = pc::UnixTimeAtStart(now);
  }
  return unix_time_at_start ? *unix_time_at_start + std::chrono::nanoseconds(now)
                            : std::chrono::nanoseconds(0);
}

}  // namespace clock

namespace pc {

std::optional<clock::TickRate> TscRate() {
  (void)Now();
  return tsc_clock.rate();
}

}  // namespace pc

}  // namespace ashlar
