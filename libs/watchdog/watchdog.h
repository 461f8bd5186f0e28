// The watchdog: a timer of the machine's that resets it unless somebody says in time that all is
// well.
//
// For machines that nobody looks after. What feeds it should be what the image is there for: a
// server that answers, a loop that goes round. //libs/watchdog:when_asked feeds it as long as the
// event loop runs, on request of the command line.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "libs/base/result.h"

namespace ashlar::watchdog {

inline constexpr std::chrono::seconds kLeastPeriod{1};
inline constexpr std::chrono::seconds kMostPeriod{600};

/// From now on the machine is reset when `period` (kLeastPeriod..kMostPeriod) passes without a
/// Feed(). A device that can't count so little, or so finely, takes the next longer period it can:
/// at most five seconds more. Again: with another period. kInvalidArgument: no such period;
/// kNotFound: the machine has no watchdog that is known here; kUnsupported: it has one that cannot
/// reset it; kBroken: it does not do what it is told. Threads only.
Result<void> Start(std::chrono::seconds period);

/// All is well: the period begins anew. Does nothing before Start(). Cheap enough for each turn of
/// a loop: one or two writes to the device. Any context.
void Feed();

/// The machine can be left alone again; a device that once started never stops says no. Before the
/// image waits for longer than the period. True if there is none that runs.
bool Stop();

}  // namespace ashlar::watchdog
