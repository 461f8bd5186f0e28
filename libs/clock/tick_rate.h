// Turning ticks of a counter into nanoseconds and back, without division in between.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::clock {

/// How fast a counter runs. A value; exact to one in 10^8 or better for counters of more than 100
/// kHz.
class TickRate {
 public:
  /// `frequency` in Hz, not zero.
  static constexpr TickRate FromHertz(std::uint64_t frequency) {
    return FromRatio(1'000'000'000, frequency);
  }
  /// `nanoseconds` passed while the counter made `ticks`; neither is zero.
  static constexpr TickRate FromRatio(std::uint64_t nanoseconds, std::uint64_t ticks) {
    // Both below 2^32, so that 64 bits are enough to divide.
    while ((nanoseconds | ticks) >> kShift != 0) {
      nanoseconds >>= 1;
      ticks >>= 1;
    }
    nanoseconds += nanoseconds == 0 ? 1 : 0;
    ticks += ticks == 0 ? 1 : 0;
    return TickRate((nanoseconds << kShift) / ticks, (ticks << kShift) / nanoseconds);
  }

  /// Rounded down; right for spans of up to 292 years.
  constexpr std::int64_t Nanoseconds(std::uint64_t ticks) const {
    return static_cast<std::int64_t>(
        static_cast<unsigned __int128>(ticks) * nanoseconds_per_tick_ >> kShift);
  }
  /// Not less than the ticks in `nanoseconds`, which is not negative, but for the rate's own error.
  constexpr std::uint64_t Ticks(std::int64_t nanoseconds) const {
    return static_cast<std::uint64_t>(
               static_cast<unsigned __int128>(nanoseconds) * ticks_per_nanosecond_ >> kShift) +
           1;
  }

 private:
  static constexpr int kShift = 32;

  constexpr TickRate(std::uint64_t nanoseconds_per_tick, std::uint64_t ticks_per_nanosecond)
      : nanoseconds_per_tick_(nanoseconds_per_tick), ticks_per_nanosecond_(ticks_per_nanosecond) {}

  // Times 2^32.
  std::uint64_t nanoseconds_per_tick_;
  std::uint64_t ticks_per_nanosecond_;
};

static_assert(TickRate::FromHertz(1'000'000'000).Nanoseconds(123) == 123);
static_assert(TickRate::FromHertz(2'000'000'000).Ticks(100) == 201);

}  // namespace ashlar::clock
