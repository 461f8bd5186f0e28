// What the loader left: a device tree.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/base/result.h"
#include "libs/device_tree/device_tree.h"

namespace ashlar::arm {

/// Where the loader said that it is, or where QEMU leaves it for ELF files, at the start of RAM;
/// read at the first call. kBroken: there is none that can be understood, or it begins in page
/// zero. Any context.
Result<device_tree::Tree> ReadDeviceTree();

}  // namespace ashlar::arm
