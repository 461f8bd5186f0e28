// The page that Xen shares with the domain: clock, event channels.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/xen/abi.h"

namespace ashlar::xen {

/// The page, which the first call has Xen put into the image; nullptr if Xen refuses. Any context.
SharedInfo* FindSharedInfo();

}  // namespace ashlar::xen
