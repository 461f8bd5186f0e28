// The driver set of a machine without block devices: host tools, and images that want no disks.
// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "libs/blockdev/blockdev.h"

namespace ashlar::blockdev {

std::span<BlockDevice* const> Devices() { return {}; }

}  // namespace ashlar::blockdev
