// A clock on the time-stamp counter: at a rate that somebody states, or calibrated against another
// of a PC's timers while time goes by. Nothing waits.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/arch/x86_64/cpu.h"
#include "libs/arch/x86_64/cpuid.h"
#include "libs/clock/calibration.h"
#include "libs/clock/mc146818.h"
#include "libs/clock/reference_counters.h"
#include "libs/clock/tick_rate.h"
#include "libs/io/mmio_bus.h"
#include "libs/io/port_bus.h"

namespace ashlar::pc {

/// The counter's frequency as the CPU states it: the ratio EBX/EAX of the counter to a crystal of
/// ECX Hz [SDM CPUID leaf 0x15]; zero if it doesn't.
inline std::uint64_t CpuTscHertz() {
  const x86_64::CpuidLeaf leaf = x86_64::Cpuid(0x15);
  return leaf.eax == 0 ? 0 : std::uint64_t{leaf.ecx} * leaf.ebx / leaf.eax;
}

/// Whether a frequency that somebody states can be that of a time-stamp counter.
constexpr bool IsTscFrequency(std::uint64_t hertz) {
  constexpr std::uint64_t kMin = 100'000'000;
  constexpr std::uint64_t kMax = 20'000'000'000;
  return hertz >= kMin && hertz <= kMax;
}

/// The clock. Usable once one of the Use...() was called. A timer that turns out to stand still is
/// given up: then kUseNextTimer() is called, to Use...() another, if there is one.
///
/// `kKnowsHpet` is false on machines that never need it, whose images then have no code for it.
template <bool kKnowsHpet, void (*kUseNextTimer)()>
class TscClock {
 public:
  /// The counter runs at `hertz`.
  void UseHertz(std::uint64_t hertz) {
    calibration_.Settle(clock::TickRate::FromHertz(hertz), x86_64::ReadTsc());
  }

  /// Calibrates against ACPI's timer at `port`.
  void UsePowerManagementTimer(std::uint16_t port, bool has_32_bits) {
    reference_address_ = port;
    power_management_timer_has_32_bits_ = has_32_bits;
    calibration_.Use(clock::PowerManagementTimer<io::PortBus>::kHertz,
                     PowerManagementTimer().mask());
    reference_ = Reference::kPowerManagementTimer;
  }

  /// Calibrates against the 8254, whose channel 0 it takes for itself.
  void UseIntervalTimer() {
    IntervalTimer().Start();
    calibration_.Use(clock::IntervalTimer<io::PortBus>::kHertz, IntervalTimer().mask());
    reference_ = Reference::kIntervalTimer;
  }

  /// Calibrates against the HPET with these registers. False: it is none that can be used.
  bool UseHpet(volatile std::byte* registers)
    requires kKnowsHpet
  {
    clock::Hpet hpet{io::MmioBus(registers)};
    const std::uint64_t hertz = hpet.Start();
    if (hertz == 0) {
      return false;
    }
    reference_address_ = reinterpret_cast<std::uintptr_t>(registers);
    calibration_.Use(hertz, hpet.mask());
    reference_ = Reference::kHpet;
    return true;
  }

  /// Nanoseconds since the first call, or since UseHertz().
  std::int64_t Now() {
    const std::uint64_t tsc = x86_64::ReadTsc();
    return calibration_.WantsPair(tsc) ? AddPair() : calibration_.Time(tsc);
  }

  /// How fast the counter runs, once that is known.
  const std::optional<clock::TickRate>& rate() const { return calibration_.rate(); }

 private:
  enum class Reference : std::uint8_t { kIntervalTimer, kPowerManagementTimer, kHpet };

  static constexpr std::uint16_t kIntervalTimerPort = 0x40;

  clock::PowerManagementTimer<io::PortBus> PowerManagementTimer() const {
    return {io::PortBus(static_cast<std::uint16_t>(reference_address_)),
            power_management_timer_has_32_bits_};
  }
  static clock::IntervalTimer<io::PortBus> IntervalTimer() {
    return clock::IntervalTimer(io::PortBus(kIntervalTimerPort));
  }

  [[gnu::noinline]] std::int64_t AddPair() {
    const std::int64_t time = calibration_.AddPair(ReadPair());
    if (calibration_.stands()) [[unlikely]] {
      kUseNextTimer();
    }
    return time;
  }

  clock::CounterPair ReadPair() {
    if constexpr (kKnowsHpet) {
      if (reference_ == Reference::kHpet) {
        clock::Hpet timer{io::MmioBus(reinterpret_cast<volatile std::byte*>(reference_address_))};
        return clock::ReadPair(timer, x86_64::ReadTsc);
      }
    }
    if (reference_ == Reference::kPowerManagementTimer) {
      auto timer = PowerManagementTimer();
      return clock::ReadPair(timer, x86_64::ReadTsc);
    }
    auto timer = IntervalTimer();
    return clock::ReadPair(timer, x86_64::ReadTsc);
  }

  clock::Calibration calibration_;
  std::uintptr_t reference_address_ = 0;  // its port, or its registers'
  bool power_management_timer_has_32_bits_ = false;
  Reference reference_ = Reference::kIntervalTimer;
};

/// The time of day at the moment that was `now` nanoseconds ago, by the PC's clock of day; nothing:
/// it has none, or none that can be read now.
inline std::optional<std::chrono::nanoseconds> UnixTimeAtStart(std::int64_t now) {
  constexpr std::uint16_t kClockOfDayPort = 0x70;
  const auto time = clock::Mc146818(io::PortBus(kClockOfDayPort)).UnixTime();
  return time ? std::optional(*time - std::chrono::nanoseconds(now)) : std::nullopt;
}

}  // namespace ashlar::pc
