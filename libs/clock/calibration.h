// A clock on a fast counter of unknown frequency, calibrated against a slow one of known frequency,
// without ever waiting for it.
//
// The first reading takes a pair of both counters; each later one that comes late enough takes
// another and knows the rate better. Until the first rate is known, time is the slow counter's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "libs/clock/tick_rate.h"

namespace ashlar::clock {

/// The two counters at (nearly) one moment.
struct CounterPair {
  std::uint64_t fast;
  std::uint32_t slow;
};

/// The slow counter: it counts up, and wraps round behind mask().
template <typename T>
concept ReferenceCounter = requires(T reference) {
  { reference.mask() } -> std::same_as<std::uint32_t>;
  { reference.Read() } -> std::same_as<std::uint32_t>;
};

/// The tightest of a few readings of the slow counter between two of the fast one.
template <ReferenceCounter Reference, std::invocable ReadFast>
CounterPair ReadPair(Reference& reference, ReadFast read_fast) {
  CounterPair best{};
  std::uint64_t best_width = ~std::uint64_t{0};
  constexpr int kAttempts = 3;
  for (int i = 0; i < kAttempts; ++i) {
    const std::uint64_t before = read_fast();
    const std::uint32_t slow = reference.Read();
    const std::uint64_t width = read_fast() - before;
    if (width < best_width) {
      best_width = width;
      best = {before + width / 2, slow};
    }
  }
  return best;
}

/// The state of the calibration: numbers in, time out.
class Calibration {
 public:
  /// Pairs this far apart, in nanoseconds, are worth a new rate; after the last one the slow
  /// counter is not asked any more.
  static constexpr std::array<std::int64_t, 3> kWindows = {250'000, 20'000'000, 1'000'000'000};

  /// A fast counter is not slower than this: what tells a slow counter that wrapped round.
  static constexpr std::uint64_t kMinFastHertz = 500'000'000;

  /// No slow counter that runs shows the same number for so many ticks of a fast one.
  static constexpr std::uint64_t kLongestStand = 20'000'000;

  /// To be told of a counter, or a rate, before it is used.
  constexpr Calibration() = default;

  /// Against a slow counter from now on, also in the place of one that stands(). Time goes on from
  /// where it was seen last.
  constexpr void Use(std::uint64_t slow_hertz, std::uint32_t slow_mask) {
    slow_rate_ = TickRate::FromHertz(slow_hertz);
    slow_mask_ = slow_mask;
    stands_ = false;
    anew_ = started_;
  }

  /// The fast counter's rate is known: no pair is wanted. Time is zero at `fast`, if there was none
  /// yet, and does not go back.
  constexpr void Settle(const TickRate& rate, std::uint64_t fast) {
    if (!started_) {
      started_ = true;
      base_fast_ = fast;
    }
    rate_ = rate;
    stands_ = false;
    window_ = kWindows.size();
    CatchUp(fast);
  }

  /// Whether AddPair() at `fast` may make time better; if not, Time() is all there is to do.
  constexpr bool WantsPair(std::uint64_t fast) const {
    if (!rate_) {
      return true;
    }
    return window_ < kWindows.size() && rate_->Nanoseconds(fast - start_.fast) >= kWindows[window_];
  }

  /// Takes a pair, later than all before, into account. Returns the time at it, in nanoseconds
  /// since the first pair.
  constexpr std::int64_t AddPair(CounterPair pair) {
    if (!started_) {
      started_ = true;
      start_ = pair;
      base_fast_ = pair.fast;
      return 0;
    }
    return rate_ ? Refine(pair) : FindRate(pair);
  }

  /// The time at `fast`, after rate() has a value.
  constexpr std::int64_t Time(std::uint64_t fast) const {
    return base_time_ + rate_->Nanoseconds(fast - base_fast_);
  }

  constexpr const std::optional<TickRate>& rate() const { return rate_; }

  /// Whether the slow counter is none: it does not move. Time stands until another is used.
  constexpr bool stands() const { return stands_; }

 private:
  // How long after start_ `pair` was by the slow counter, which has not gone round.
  constexpr std::int64_t SlowElapsed(CounterPair pair) const {
    return slow_rate_.Nanoseconds((pair.slow - start_.slow) & slow_mask_);
  }
  constexpr std::int64_t SlowPeriod() const {
    return slow_rate_.Nanoseconds(std::uint64_t{slow_mask_} + 1);
  }

  constexpr bool HasNotMoved(CounterPair pair) const {
    return ((pair.slow ^ start_.slow) & slow_mask_) == 0;
  }

  // Never back behind what was said before.
  constexpr void CatchUp(std::uint64_t fast) {
    const std::int64_t time = Time(fast);
    base_time_ += time < provisional_ ? provisional_ - time : 0;
  }

  constexpr std::int64_t StartAnew(CounterPair pair) {
    // What has passed is made up for once there is a rate, as base_fast_ stays; until then time
    // stands where it was last seen.
    start_ = pair;
    provisional_start_ = provisional_;
    return provisional_;
  }

  constexpr std::int64_t FindRate(CounterPair pair) {
    if (anew_) {
      anew_ = false;
      return StartAnew(pair);
    }
    if (HasNotMoved(pair) && pair.fast - start_.fast > kLongestStand) {
      stands_ = true;
      return provisional_;
    }
    if (TickRate::FromHertz(kMinFastHertz).Nanoseconds(pair.fast - start_.fast) >= SlowPeriod()) {
      return StartAnew(pair);  // the slow counter may have gone round
    }
    const std::int64_t elapsed = SlowElapsed(pair);
    provisional_ = provisional_start_ + elapsed;
    if (elapsed < kWindows[0] || pair.fast == start_.fast) {
      return provisional_;
    }
    rate_ = TickRate::FromRatio(static_cast<std::uint64_t>(elapsed), pair.fast - start_.fast);
    window_ = 1;
    CatchUp(pair.fast);
    return Time(pair.fast);
  }

  constexpr std::int64_t Refine(CounterPair pair) {
    const std::int64_t time = Time(pair.fast);
    const std::int64_t expected = rate_->Nanoseconds(pair.fast - start_.fast);
    const std::int64_t period = SlowPeriod();
    // The rate so far is good to half a percent: enough to tell how often the slow counter went
    // round, for a while.
    if (expected / 200 >= period / 2) {
      start_ = pair;
      return time;
    }
    const std::int64_t remainder = SlowElapsed(pair);
    const std::int64_t rounds = (expected - remainder + period / 2) / period;
    const std::int64_t elapsed = rounds * period + remainder;
    if (HasNotMoved(pair)) {
      // It has stopped: the rate so far is the best there is.
      window_ = kWindows.size();
      return time;
    }
    if (elapsed < expected / 2 && !doubted_) {
      // It has stopped meanwhile, or the first rate was disturbed: the next pair tells.
      doubted_ = true;
      start_ = pair;
      return time;
    }
    if (elapsed > 0) {
      rate_ = TickRate::FromRatio(static_cast<std::uint64_t>(elapsed), pair.fast - start_.fast);
      base_time_ = time;  // Time goes on from here without a leap.
      base_fast_ = pair.fast;
    }
    while (window_ < kWindows.size() && expected >= kWindows[window_]) {
      ++window_;
    }
    return time;
  }

  TickRate slow_rate_ = TickRate::FromHertz(1);
  std::uint32_t slow_mask_ = 0;
  bool started_ = false;
  bool anew_ = false;  // the next pair is another slow counter's first
  bool stands_ = false;
  bool doubted_ = false;  // a pair said that the rate is far too fast
  std::size_t window_ = 0;
  CounterPair start_{};
  std::optional<TickRate> rate_;
  std::uint64_t base_fast_ = 0;
  std::int64_t base_time_ = 0;
  std::int64_t provisional_ = 0;
  std::int64_t provisional_start_ = 0;
};

}  // namespace ashlar::clock
