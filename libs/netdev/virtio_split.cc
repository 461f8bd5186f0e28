// The set of drivers of virtual machines: virtio-net with split rings, which every device has.
// SPDX-License-Identifier: Apache-2.0
#include "libs/netdev/virtio_devices.h"

namespace ashlar::netdev {

std::span<NetDevice* const> Devices() { return VirtioDevices(&virtio::StartNet, nullptr); }

}  // namespace ashlar::netdev
