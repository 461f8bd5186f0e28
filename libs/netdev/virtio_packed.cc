// The set of drivers of virtual machines whose devices have packed rings; the others get split
// ones.
// SPDX-License-Identifier: Apache-2.0
#include "libs/netdev/virtio_devices.h"

namespace ashlar::netdev {

std::span<NetDevice* const> Devices() {
  return VirtioDevices(&virtio::StartNetPacked, &virtio::StartNet);
}

}  // namespace ashlar::netdev
