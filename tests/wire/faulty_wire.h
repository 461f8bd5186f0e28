// One direction of a wire that loses, delays, duplicates and corrupts frames, by a plan that a seed
// fixes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>

#include "tests/wire/frame.h"

namespace ashlar::wire {

/// What happens to frames, in frames of ten thousand; the sum is at most ten thousand.
struct Faults {
  unsigned lost = 0;
  unsigned delayed = 0;  ///< until a few later frames have passed
  unsigned duplicated = 0;
  unsigned corrupted = 0;  ///< one byte; frames other than TCP over IPv4 pass instead
};

/// What has happened. `frames` is the number of frames as a wire has them: a segmented one counts
/// as its segments.
struct Counts {
  std::uint64_t frames = 0;
  std::uint64_t lost = 0;
  std::uint64_t delayed = 0;
  std::uint64_t duplicated = 0;
  std::uint64_t corrupted = 0;
  std::uint64_t offloaded = 0;  ///< passed on with an unfinished checksum
  std::uint64_t segmented = 0;  ///< and with several segments in one
};

class FaultyWire {
 public:
  using Clock = std::chrono::steady_clock;
  using Sink = std::function<void(const Frame&)>;

  explicit FaultyWire(std::uint32_t seed) : random_(seed) {}

  /// From the next frame on. What is delayed stays so.
  void SetFaults(const Faults& faults) { faults_ = faults; }

  /// Takes a frame in, and hands on what comes out at the other end now. The n-th frame of the wire
  /// meets the same fate in every run. A frame in which no segment meets a fault passes as it is,
  /// its work for the hardware undone; otherwise its segments go one by one.
  void Put(const Frame& frame, Clock::time_point now, const Sink& sink);

  /// Hands on what was delayed for so long that nothing seems to follow it.
  void PassDelayed(Clock::time_point now, const Sink& sink);

  /// How long until PassDelayed() has something to do; nothing if nothing is delayed.
  std::optional<Clock::duration> NextDelayed(Clock::time_point now) const;

  const Counts& counts() const { return counts_; }

 private:
  enum class Fate { kPass, kLose, kDelay, kDuplicate, kCorrupt };
  struct Delayed {
    Frame frame;
    unsigned after;           // so many more frames
    Clock::time_point until;  // or then
  };

  Fate NextFate(bool can_be_corrupted);
  void PutOne(Frame frame, Fate fate, Clock::time_point now, const Sink& sink);
  void Pass(const Frame& frame, const Sink& sink);

  std::mt19937 random_;
  Faults faults_;
  Counts counts_;
  std::deque<Delayed> delayed_;
};

}  // namespace ashlar::wire
