// Sleeping until a time: the virtual timer, whose interrupt ends the sleep.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/clock/clock.h"

namespace ashlar::arm {

/// Sees to it that the timer's interrupt pends at `deadline` at the latest; it may come earlier.
/// False if that is over already. Not in interrupt context.
bool SetTimer(clock::Instant deadline);

/// The interrupt came, or need not come any more.
void StopTimer();

}  // namespace ashlar::arm
