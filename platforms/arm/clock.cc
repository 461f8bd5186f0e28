// The clock on the generic timer's counter, and the time of day by the board's PL031.
// SPDX-License-Identifier: Apache-2.0
#include "libs/clock/clock.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/arch/aarch64/cpu.h"
#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/clock/tick_rate.h"
#include "libs/device_tree/device_tree.h"
#include "libs/device_tree/machine.h"
#include "libs/identity_map/identity_map.h"
#include "libs/io/mmio_bus.h"
#include "platforms/arm/counter.h"
#include "platforms/arm/machine_tree.h"

namespace ashlar {
namespace {

constinit std::optional<clock::TickRate> rate;
constinit std::uint64_t first_tick = 0;

std::int64_t Now() {
  const clock::TickRate& ticks = arm::CounterRate();
  return ticks.Nanoseconds(aarch64::ReadCounter() - first_tick);
}

// The time of day at the clock's zero; nothing if there is no such device.
std::optional<std::chrono::nanoseconds> UnixTimeAtStart() {
  // [PL031 §3.3.1]: seconds.
  constexpr std::size_t kData = 0;
  constexpr std::size_t kBytes = 0x20;
  const Result<device_tree::Range> range = device_tree::FindClockOfDay(arm::MachineTree());
  if (!range || range->size < kBytes) {
    return std::nullopt;
  }
  volatile std::byte* const registers = identity_map::DeviceRegisters(range->base, kBytes);
  if (registers == nullptr) {
    return std::nullopt;
  }
  return std::chrono::seconds(io::MmioBus(registers).Read32(kData)) -
         std::chrono::nanoseconds(Now());
}

}  // namespace

namespace arm {

const clock::TickRate& CounterRate() {
  if (!rate) {
    const std::uint64_t hertz = aarch64::CounterHertz();
    if (hertz == 0) {
      Panic("the firmware does not say how fast the timer counts (CNTFRQ_EL0 is zero)");
    }
    rate = clock::TickRate::FromHertz(hertz);
    first_tick = aarch64::ReadCounter();
  }
  return *rate;
}

}  // namespace arm

namespace clock {

Monotonic::time_point Monotonic::now() { return time_point(duration(Now())); }

std::chrono::nanoseconds UnixTime() {
  static constinit bool looked = false;
  static constinit std::optional<std::chrono::nanoseconds> at_start;
  if (!looked) {
    looked = true;
    at_start = UnixTimeAtStart();
  }
  return at_start ? *at_start + std::chrono::nanoseconds(Now()) : std::chrono::nanoseconds(0);
}

}  // namespace clock

}  // namespace ashlar
