// The driver set of a machine without network devices: host tools, and images that want no network
// hardware.
// SPDX-License-Identifier: Apache-2.0
#include "libs/netdev/netdev.h"

namespace ashlar::netdev {

std::span<NetDevice* const> Devices() { return {}; }

}  // namespace ashlar::netdev
