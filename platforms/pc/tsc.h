// The time-stamp counter as the clock's counter: for the events backend, whose timer may be set in
// its ticks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "libs/clock/tick_rate.h"

namespace ashlar::pc {

/// How fast the time-stamp counter runs, as well as is known now; nothing until it is.
std::optional<clock::TickRate> TscRate();

}  // namespace ashlar::pc
