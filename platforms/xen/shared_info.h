// The page that Xen shares with the domain: clock, event channels.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/arch/x86_64/cpu.h"
#include "libs/base/result.h"
#include "libs/clock/pv_clock.h"
#include "libs/xen/abi.h"

namespace ashlar::xen {

/// The page, which the first call has Xen put into the image; nullptr if Xen refuses. Any context.
SharedInfo* FindSharedInfo();

/// Xen's time, by which its hypercalls' deadlines are: nanoseconds since the start of the machine.
inline std::int64_t SystemTime(const SharedInfo& shared) {
  return clock::ReadPvClock(shared.vcpus[0].time).Time(x86_64::ReadTscAfterLoads());
}

/// Takes it out again, until the next FindSharedInfo(): before the domain is suspended, since a PV
/// domain that has a page of Xen's mapped cannot be saved.
Result<void> RemoveSharedInfo();

}  // namespace ashlar::xen
