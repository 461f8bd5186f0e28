// Faults: what the CPU refuses ends the image with a report that names it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::linuxu {

/// Has the kernel call the reporter, on a stack of its own, for SIGSEGV, SIGBUS, SIGILL, SIGFPE and
/// SIGTRAP.
void CatchFaults();

}  // namespace ashlar::linuxu
