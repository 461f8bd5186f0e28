// The network devices that virtio::Devices() has, with one kind of ring or the other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/netdev/netdev.h"
#include "libs/virtio/net/net.h"
#include "libs/virtio/virtio.h"

namespace ashlar::netdev {

/// virtio::StartNet or virtio::StartNetPacked.
using StartVirtio = Result<virtio::Net*> (*)(virtio::Transport&, events::Event&,
                                             const virtio::NetOptions&);

/// The devices, started at the first call: by `start`, or where it is unsupported and `otherwise`
/// is not null, by that. Receive buffers take a sixteenth of the memory, within limits.
std::span<NetDevice* const> VirtioDevices(StartVirtio start, StartVirtio otherwise);

}  // namespace ashlar::netdev
