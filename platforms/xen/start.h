// What Xen passed to this image: for those that cannot go on without it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "platforms/xen/start_information.h"

namespace ashlar::xen {

/// A PV or a PVH domain's, whichever this is. An image that was passed nothing it understands ends
/// here, with a sentence.
PvStartInformation PvStart();
PvhStartInformation PvhStart();

/// The text that Xen or the toolstack passed, in either kind of domain.
std::string_view CommandLine();

}  // namespace ashlar::xen
