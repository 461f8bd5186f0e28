// This domain, as Xen described it at its start.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/base/result.h"
#include "platforms/xen/start_information.h"

namespace ashlar::xen {

/// Read from Xen's structures at each call. kBroken: Xen passed nothing that this image
/// understands. Any context; for those that must not panic.
Result<PvStartInformation> ReadPvStartInformation();
Result<PvhStartInformation> ReadPvhStartInformation();

/// Whether Xen itself started this domain, and gave it the machine. No, if what Xen passed is not
/// understood.
bool IsInitialDomain();

}  // namespace ashlar::xen
