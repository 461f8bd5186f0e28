// Draws each frame's fate, and keeps those that are delayed.
// SPDX-License-Identifier: Apache-2.0
#include "tests/wire/faulty_wire.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "libs/linux/abi.h"

namespace ashlar::wire {
namespace {

// Three later frames make a TCP receiver's three duplicate acknowledgements; one or two only a gap.
constexpr unsigned kMostLater = 5;
constexpr std::chrono::milliseconds kPatience(30);

}  // namespace

FaultyWire::Fate FaultyWire::NextFate(bool can_be_corrupted) {
  unsigned number = static_cast<unsigned>(random_() % 10'000);
  const auto falls_to = [&](unsigned share) {
    const bool yes = number < share;
    number -= yes ? 0 : share;
    return yes;
  };
  if (falls_to(faults_.lost)) {
    return Fate::kLose;
  }
  if (falls_to(faults_.delayed)) {
    return Fate::kDelay;
  }
  if (falls_to(faults_.duplicated)) {
    return Fate::kDuplicate;
  }
  return falls_to(faults_.corrupted) && can_be_corrupted ? Fate::kCorrupt : Fate::kPass;
}

void FaultyWire::Pass(const Frame& frame, const Sink& sink) {
  sink(frame);
  counts_.offloaded += (frame.header.flags & linux::kVnetNeedsChecksum) != 0 ? 1 : 0;
  counts_.segmented += WireFrames(frame) > 1 ? 1 : 0;
  for (Delayed& delayed : delayed_) {
    delayed.after -= std::min(delayed.after, 1u);
  }
  while (!delayed_.empty() && delayed_.front().after == 0) {
    const Frame next = std::move(delayed_.front().frame);
    delayed_.pop_front();
    sink(next);
  }
}

void FaultyWire::PutOne(Frame frame, Fate fate, Clock::time_point now, const Sink& sink) {
  switch (fate) {
    case Fate::kPass:
      Pass(frame, sink);
      break;
    case Fate::kLose:
      ++counts_.lost;
      break;
    case Fate::kDelay:
      ++counts_.delayed;
      delayed_.push_back({.frame = std::move(frame),
                          .after = 1 + static_cast<unsigned>(random_() % kMostLater),
                          .until = now + kPatience});
      break;
    case Fate::kDuplicate:
      ++counts_.duplicated;
      Pass(frame, sink);
      Pass(frame, sink);
      break;
    case Fate::kCorrupt:
      ++counts_.corrupted;
      CorruptByte(frame, random_());
      Pass(frame, sink);
      break;
  }
}

void FaultyWire::Put(const Frame& frame, Clock::time_point now, const Sink& sink) {
  const bool is_tcp4 = IsTcp4(frame);
  const std::size_t count = WireFrames(frame);
  std::vector<Fate> fates;
  for (std::size_t i = 0; i < count; ++i) {
    fates.push_back(NextFate(is_tcp4));
  }
  counts_.frames += count;
  if (std::ranges::count(fates, Fate::kPass) == static_cast<std::ptrdiff_t>(count)) {
    Pass(frame, sink);
    return;
  }
  std::vector<Frame> wire = ToWire(frame);
  for (std::size_t i = 0; i < count; ++i) {
    PutOne(std::move(wire[i]), fates[i], now, sink);
  }
}

void FaultyWire::PassDelayed(Clock::time_point now, const Sink& sink) {
  while (!delayed_.empty() && delayed_.front().until <= now) {
    const Frame next = std::move(delayed_.front().frame);
    delayed_.pop_front();
    sink(next);
  }
}

std::optional<FaultyWire::Clock::duration> FaultyWire::NextDelayed(Clock::time_point now) const {
  if (delayed_.empty()) {
    return std::nullopt;
  }
  return std::max(delayed_.front().until - now, Clock::duration::zero());
}

}  // namespace ashlar::wire
