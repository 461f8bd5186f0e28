// What the backends of facades do beyond them, most of it when the domain is saved and once it was
// restored, in another place: suspend.cc calls that. Each is defined where its facade is.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/xen/abi.h"

namespace ashlar::events {
class Event;
}

namespace ashlar::xen {

/// The console's page is looked for anew (console.cc).
void RestoreConsole();

/// The domain is about to leave the machine: notes the time of day (clock.cc).
void LeaveClock();

/// Time goes on from where it was, or up to a second later if the time of day is another than at
/// LeaveClock(), whatever this machine's is (clock.cc).
void RestoreClock();

/// What the domain's clock is ahead of the machine's (clock.cc), nanoseconds; below zero: behind.
std::int64_t ClockOffset();

/// All event channels are gone: whoever listens has to do so anew (events.cc).
void ForgetPorts();

/// From now on halt::Exit(0) ends the domain for `reason` instead of powering it off (halt.cc).
void EndBy(ShutdownReason reason);

/// Nothing notes `event` any more (events.cc).
void StopListening(const events::Event& event);

}  // namespace ashlar::xen
