// For tests: the machine's network devices with packed rings. A device without them is an error and
// no device, so that a test cannot pass on split ones.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <span>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/log/log.h"
#include "libs/netdev/netdev.h"
#include "libs/virtio/devices.h"
#include "libs/virtio/net/net.h"
#include "libs/virtio/virtio.h"

namespace ashlar::netdev {
namespace {

constinit std::array<NetDevice*, 4> devices = {};
constinit std::array<events::Event, 4> notes = {};
constinit std::size_t count = 0;
constinit bool looked = false;

void Look() {
  for (virtio::Transport* transport : virtio::Devices()) {
    if (transport->type() != virtio::DeviceType::kNetwork || count == devices.size()) {
      continue;
    }
    const Result<virtio::Net*> net = virtio::StartNetPacked(*transport, notes[count]);
    if (!net) {
      log::Error("packed_devices", "a device does not start with packed rings: ", net.error());
      continue;
    }
    devices[count++] = *net;
  }
}

}  // namespace

std::span<NetDevice* const> Devices() {
  if (!looked) {
    looked = true;
    Look();
  }
  return std::span(devices).first(count);
}

}  // namespace ashlar::netdev
