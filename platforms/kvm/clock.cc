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
#include "libs/clock/calibration.h"
#include "libs/clock/mc146818.h"
#include "libs/clock/pv_clock.h"
#include "libs/clock/reference_counters.h"
#include "libs/clock/tick_rate.h"
#include "libs/io/port_bus.h"
#include "platforms/kvm/acpi_tables.h"
#include "platforms/kvm/tsc.h"

namespace ashlar {
namespace {

using clock::Calibration;
using clock::Instant;
using clock::Monotonic;
using clock::TickRate;

enum class Source : std::uint8_t {
  kUnknown,
  kKvmClock,
  kKnownTsc,
  kPowerManagementTimer,
  kIntervalTimer
};

constexpr std::uint16_t kIntervalTimerPort = 0x40;
constexpr std::uint16_t kClockOfDayPort = 0x70;

// [KVM-CPUID] the signature "KVMKVMKVM" in the hypervisor leaf, and the feature bit of the newer
// clock registers.
constexpr std::uint32_t kHypervisorLeaf = 0x40000000;
constexpr std::uint32_t kKvmFeatureLeaf = 0x40000001;
constexpr std::uint32_t kFeatureClockSource2 = 1 << 3;
// [VMware-CPUID] EAX: the time-stamp counter's frequency in kHz. KVM's users fill it in too.
constexpr std::uint32_t kTimingLeaf = 0x40000010;

constinit Source source = Source::kUnknown;

// kKvmClock. Each must not cross a page [KVM-MSR].
alignas(64) constinit clock::PvClockPage pv_clock_page = {};
alignas(64) constinit clock::PvWallClock pv_wall_clock = {};

// The others.
constinit Calibration calibration(1, 1);  // Replaced before its first use.
constinit std::optional<TickRate> known_rate;
constinit std::uint64_t tsc_start = 0;
constinit std::uint16_t power_management_timer_port = 0;
constinit bool power_management_timer_has_32_bits = false;

// Seconds since 1970 at Monotonic zero, once asked for; minus one: no clock of day.
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
    // [SDM CPUID leaf 0x15] ratio EBX/EAX of the counter to a crystal of ECX Hz.
    const x86_64::CpuidLeaf leaf = x86_64::Cpuid(0x15);
    hertz = leaf.eax == 0 ? 0 : std::uint64_t{leaf.ecx} * leaf.ebx / leaf.eax;
  }
  constexpr std::uint64_t kMin = 100'000'000;
  constexpr std::uint64_t kMax = 20'000'000'000;
  return hertz >= kMin && hertz <= kMax ? hertz : 0;
}

clock::PowerManagementTimer<io::PortBus> PowerManagementTimer() {
  return {io::PortBus(power_management_timer_port), power_management_timer_has_32_bits};
}
clock::IntervalTimer<io::PortBus> IntervalTimer() {
  return clock::IntervalTimer(io::PortBus(kIntervalTimerPort));
}

void FindSource() {
  if (HasKvmClock()) {
    constexpr std::uint64_t kEnable = 1;
    x86_64::WriteMsr(x86_64::Msr::kKvmSystemTime,
                     reinterpret_cast<std::uintptr_t>(&pv_clock_page) | kEnable);
    source = Source::kKvmClock;
    return;
  }
  tsc_start = x86_64::ReadTsc();
  if (const std::uint64_t hertz = StatedTscHertz(); hertz != 0) {
    known_rate = TickRate::FromHertz(hertz);
    source = Source::kKnownTsc;
    return;
  }
  const Result<acpi::Fadt> fadt = kvm::AcpiFadt();
  if (fadt && !fadt->hardware_reduced && fadt->pm_timer.is_port()) {
    power_management_timer_port = static_cast<std::uint16_t>(fadt->pm_timer.address);
    power_management_timer_has_32_bits = fadt->pm_timer_has_32_bits;
    calibration = Calibration(clock::PowerManagementTimer<io::PortBus>::kHertz,
                              PowerManagementTimer().mask());
    source = Source::kPowerManagementTimer;
    return;
  }
  IntervalTimer().Start();
  calibration = Calibration(clock::IntervalTimer<io::PortBus>::kHertz, IntervalTimer().mask());
  source = Source::kIntervalTimer;
}

[[gnu::noinline]] std::int64_t AddPair() {
  if (source == Source::kPowerManagementTimer) {
    auto timer = PowerManagementTimer();
    return calibration.AddPair(clock::ReadPair(timer, x86_64::ReadTsc));
  }
  auto timer = IntervalTimer();
  return calibration.AddPair(clock::ReadPair(timer, x86_64::ReadTsc));
}

std::int64_t Now() {
  switch (source) {
    case Source::kUnknown:
      FindSource();
      return Now();
    case Source::kKvmClock:
      return clock::ReadPvClock(pv_clock_page).Time(x86_64::ReadTscAfterLoads());
    case Source::kKnownTsc:
      return known_rate->Nanoseconds(x86_64::ReadTsc() - tsc_start);
    case Source::kPowerManagementTimer:
    case Source::kIntervalTimer: {
      const std::uint64_t tsc = x86_64::ReadTsc();
      return calibration.WantsPair(tsc) ? AddPair() : calibration.Time(tsc);
    }
  }
  return 0;
}

std::chrono::nanoseconds FindUnixTimeAtStart(std::int64_t now) {
  if (source == Source::kKvmClock) {
    x86_64::WriteMsr(x86_64::Msr::kKvmWallClock, reinterpret_cast<std::uintptr_t>(&pv_wall_clock));
    return std::chrono::seconds(pv_wall_clock.seconds) +
           std::chrono::nanoseconds(pv_wall_clock.nanoseconds);
  }
  const auto time = clock::Mc146818(io::PortBus(kClockOfDayPort)).UnixTime();
  return time ? *time - std::chrono::nanoseconds(now) : std::chrono::nanoseconds(-1);
}

}  // namespace

namespace clock {

Instant Monotonic::now() { return Instant(Duration(Now())); }

std::chrono::nanoseconds UnixTime() {
  const std::int64_t now = Now();
  if (!unix_time_at_start) {
    unix_time_at_start = FindUnixTimeAtStart(now);
  }
  if (unix_time_at_start->count() < 0) {
    return std::chrono::nanoseconds(0);
  }
  return *unix_time_at_start + std::chrono::nanoseconds(now);
}

}  // namespace clock

namespace kvm {

std::optional<TickRate> TscRate() {
  (void)Now();
  switch (source) {
    case Source::kKvmClock: {
      const clock::PvClockSample sample = clock::ReadPvClock(pv_clock_page);
      constexpr std::uint64_t kSpan = 1'000'000'000;
      const std::int64_t nanoseconds =
          sample.Time(sample.tsc_timestamp + kSpan) - static_cast<std::int64_t>(sample.system_time);
      return nanoseconds <= 0 ? std::nullopt
                              : std::optional(TickRate::FromRatio(
                                    static_cast<std::uint64_t>(nanoseconds), kSpan));
    }
    case Source::kKnownTsc:
      return known_rate;
    default:
      return calibration.rate();
  }
}

}  // namespace kvm

}  // namespace ashlar
