// The clock of a virtual machine.
//
// KVM's own clock where it is offered; else the time-stamp counter, at the frequency that the
// hypervisor or the CPU states, or else calibrated against a timer while time goes by. Nothing
// waits, nothing runs before the first reading.
// SPDX-License-Identifier: Apache-2.0
#include "libs/clock/clock.h"

#include <chrono>
#include <cstdint>
#include <optional>

#include "libs/acpi/fadt.h"
#include "libs/arch/x86_64/cpu.h"
#include "libs/arch/x86_64/cpuid.h"
#include "libs/arch/x86_64/msr.h"
#include "libs/base/result.h"
#include "libs/clock/pv_clock.h"
#include "libs/clock/tick_rate.h"
#include "platforms/pc/acpi_tables.h"
#include "platforms/pc/tsc.h"
#include "platforms/pc/tsc_clock.h"

namespace ashlar {
namespace {

// [KVM-CPUID] the signature "KVMKVMKVM" in the hypervisor leaf, and the feature bit of the newer
// clock registers.
constexpr std::uint32_t kHypervisorLeaf = 0x40000000;
constexpr std::uint32_t kKvmFeatureLeaf = 0x40000001;
constexpr std::uint32_t kFeatureClockSource2 = 1 << 3;
// [VMware-CPUID] EAX: the time-stamp counter's frequency in kHz. KVM's users fill it in too.
constexpr std::uint32_t kTimingLeaf = 0x40000010;

constinit bool started = false;
constinit bool has_kvm_clock = false;

// KVM's clock. Each must not cross a page [KVM-MSR].
alignas(64) constinit clock::PvClockPage pv_clock_page = {};
alignas(64) constinit clock::PvWallClock pv_wall_clock = {};

// Without it.
void UseNextTimer();
constinit pc::TscClock</*kKnowsHpet=*/false, UseNextTimer> tsc_clock;

// Of Monotonic zero, once it was found.
constinit std::optional<std::chrono::nanoseconds> unix_time_at_start;

bool HasKvmClock() {
  const x86_64::CpuidLeaf leaf = x86_64::Cpuid(kHypervisorLeaf);
  constexpr std::uint32_t kKvmK = 0x4b4d564b;
  constexpr std::uint32_t kVmkv = 0x564b4d56;
  constexpr std::uint32_t kM = 0x4d;
  return leaf.ebx == kKvmK && leaf.ecx == kVmkv && leaf.edx == kM &&
         (x86_64::Cpuid(kKvmFeatureLeaf).eax & kFeatureClockSource2) != 0;
}

// The frequency that hypervisor or CPU state; zero if they don't, or state nonsense.
std::uint64_t StatedTscHertz() {
  std::uint64_t hertz = std::uint64_t{x86_64::Cpuid(kTimingLeaf).eax} * 1000;
  if (hertz == 0) {
    hertz = pc::CpuTscHertz();
  }
  return pc::IsTscFrequency(hertz) ? hertz : 0;
}

// After ACPI's.
void UseNextTimer() { tsc_clock.UseIntervalTimer(); }

void Start() {
  started = true;
  if (HasKvmClock()) {
    constexpr std::uint64_t kEnable = 1;
    x86_64::WriteMsr(x86_64::Msr::kKvmSystemTime,
                     reinterpret_cast<std::uintptr_t>(&pv_clock_page) | kEnable);
    has_kvm_clock = true;
    return;
  }
  if (const std::uint64_t hertz = StatedTscHertz(); hertz != 0) {
    tsc_clock.UseHertz(hertz);
    return;
  }
  const Result<acpi::Fadt> fadt = pc::AcpiFadt();
  if (fadt && !fadt->hardware_reduced && fadt->pm_timer.is_port()) {
    tsc_clock.UsePowerManagementTimer(static_cast<std::uint16_t>(fadt->pm_timer.address),
                                      fadt->pm_timer_has_32_bits);
    return;
  }
  tsc_clock.UseIntervalTimer();
}

std::int64_t Now() {
  if (!started) {
    Start();
  }
  return has_kvm_clock ? clock::ReadPvClock(pv_clock_page).Time(x86_64::ReadTscAfterLoads())
                       : tsc_clock.Now();
}

std::optional<std::chrono::nanoseconds> FindUnixTimeAtStart(std::int64_t now) {
  if (has_kvm_clock) {
    x86_64::WriteMsr(x86_64::Msr::kKvmWallClock, reinterpret_cast<std::uintptr_t>(&pv_wall_clock));
    return std::chrono::seconds(pv_wall_clock.seconds) +
           std::chrono::nanoseconds(pv_wall_clock.nanoseconds);
  }
  return pc::UnixTimeAtStart(now);
}

}  // namespace

namespace clock {

Instant Monotonic::now() { return Instant(Duration(Now())); }

std::chrono::nanoseconds UnixTime() {
  const std::int64_t now = Now();
  if (!unix_time_at_start) {
    unix_time_at_start = FindUnixTimeAtStart(now);
  }
  return unix_time_at_start ? *unix_time_at_start + std::chrono::nanoseconds(now)
                            : std::chrono::nanoseconds(0);
}

}  // namespace clock

namespace pc {

std::optional<clock::TickRate> TscRate() {
  (void)Now();
  if (!has_kvm_clock) {
    return tsc_clock.rate();
  }
  const clock::PvClockSample sample = clock::ReadPvClock(pv_clock_page);
  constexpr std::uint64_t kSpan = 1'000'000'000;
  const std::int64_t nanoseconds =
      sample.Time(sample.tsc_timestamp + kSpan) - static_cast<std::int64_t>(sample.system_time);
  return nanoseconds <= 0 ? std::nullopt
                          : std::optional(clock::TickRate::FromRatio(
                                static_cast<std::uint64_t>(nanoseconds), kSpan));
}

}  // namespace pc

}  // namespace ashlar
