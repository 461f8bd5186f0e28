// The console: where a unikernel's diagnostics go, one byte after another.
//
// The first thing that works after boot and the last that works before a halt, so it asks nothing
// of the rest of the system: no heap, no threads, no interrupts, no locks. Lines with a level and a
// time are //libs/log, which ends here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace ashlar::console {

/// Sends every byte of `text`, in order, and returns once the device has taken the last one.
/// Bytes are sent as they are: '\0' is data, and no '\r' is put before '\n'.
///
/// Never fails: a machine with no console drops the bytes. Never allocates. Safe from the first
/// instruction of boot on, and in interrupt handlers; calls that overlap may mix their bytes but
/// lose none. Cost: the device's time, about 87 us a byte on a real 115200 baud line.
void Write(std::string_view text);

}  // namespace ashlar::console
