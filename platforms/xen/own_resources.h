// What this domain has for the front ends of its devices.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/xen/resources.h"

namespace ashlar::xen {

Resources& OwnResources();

}  // namespace ashlar::xen
