// The generic timer's counter as the clock's: for the events backend, whose timer is set in its
// ticks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/clock/tick_rate.h"

namespace ashlar::arm {

/// How fast the counter runs. A machine whose firmware does not say ends here, with a sentence.
const clock::TickRate& CounterRate();

}  // namespace ashlar::arm
