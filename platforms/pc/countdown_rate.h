// How fast a countdown timer of unknown frequency runs, learned from its own countdowns.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/clock/tick_rate.h"

namespace ashlar::pc {

/// Starts with a rate so low that a timer set by it fires early, never late: whoever waits asks
/// again. Each countdown that took long enough makes the rate better.
class CountdownRate {
 public:
  /// `ticks` went by in `nanoseconds`. What disturbs the measurement makes it long, so the rate
  /// errs on the early side: a longer measurement is better than the last, and one that says "much
  /// faster" is always right.
  constexpr void Learn(std::uint32_t ticks, std::int64_t nanoseconds) {
    constexpr std::int64_t kShortest = 5'000;
    if (ticks == 0 || nanoseconds < kShortest) {
      return;
    }
    constexpr std::int64_t kMinSpan = 50'000;
    const bool better = nanoseconds >= kMinSpan && nanoseconds >= 2 * span_;
    const bool much_faster = ticks / 5 * 4 > rate_.Ticks(nanoseconds);
    if (better || much_faster) {
      span_ = nanoseconds;
      rate_ = clock::TickRate::FromRatio(static_cast<std::uint64_t>(nanoseconds), ticks);
    }
  }

  /// Whether it is known so well that measuring on is not worth the accesses.
  constexpr bool settled() const { return span_ >= 100'000'000; }

  /// Ticks for a countdown of at most `nanoseconds`, which is positive: at least one, at most what
  /// the timer can count.
  constexpr std::uint32_t Ticks(std::int64_t nanoseconds) const {
    constexpr std::int64_t kMaxSpan = 1'000'000'000'000;
    constexpr std::uint64_t kMaxTicks = 0xffffffff;
    const std::uint64_t ticks = rate_.Ticks(nanoseconds < kMaxSpan ? nanoseconds : kMaxSpan);
    return static_cast<std::uint32_t>(ticks < kMaxTicks ? ticks : kMaxTicks);
  }

 private:
  // No machine's local APIC timer has a slower input clock: an Atom's crystal has 19.2 MHz.
  static constexpr std::uint64_t kLowestHertz = 19'000'000;

  clock::TickRate rate_ = clock::TickRate::FromHertz(kLowestHertz);
  std::int64_t span_ = 0;
};

}  // namespace ashlar::pc
