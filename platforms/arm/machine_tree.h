// The device tree, for those who can't go on without.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/device_tree/device_tree.h"

namespace ashlar::arm {

/// An image that was passed no tree it understands ends here, with a sentence.
device_tree::Tree MachineTree();

}  // namespace ashlar::arm
