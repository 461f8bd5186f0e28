// The machine's virtio devices, on every bus it has.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "libs/virtio/virtio.h"

namespace ashlar::virtio {

/// Transports to the virtio devices of PCI (bus order) and MMIO (by address), at most 16; they live
/// as long as the image. The first call looks for them; what can't be used is logged and left out.
/// A device is the driver's that starts it: nobody keeps two drivers apart but their device types.
/// Not in interrupt context.
std::span<Transport* const> Devices();

}  // namespace ashlar::virtio
