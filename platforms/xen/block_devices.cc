// The set of disk drivers of a Xen domain: a front end for each "vbd" that the store names.
// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "libs/blockdev/blockdev.h"
#include "libs/xen/block/vbd.h"
#include "platforms/xen/devices.h"

namespace ashlar::blockdev {
namespace {

constinit xen::Devices<xen::Vbd> devices;

}  // namespace

std::span<BlockDevice* const> Devices() { return devices.Find(); }

}  // namespace ashlar::blockdev
