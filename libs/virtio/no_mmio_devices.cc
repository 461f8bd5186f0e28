// A machine without virtio-mmio devices.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/mmio_devices.h"

namespace ashlar::virtio {

std::span<const MmioDevice> MmioDevices() { return {}; }

}  // namespace ashlar::virtio
