// The set of drivers of virtual machines: the disks that virtio::Devices() has.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <span>

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/events/events.h"
#include "libs/log/log.h"
#include "libs/virtio/block/block.h"
#include "libs/virtio/devices.h"
#include "libs/virtio/virtio.h"

namespace ashlar::blockdev {
namespace {

constexpr std::size_t kMostDevices = 4;

constinit std::array<BlockDevice*, kMostDevices> devices = {};
constinit std::array<events::Event, kMostDevices> notes = {};
constinit std::size_t count = 0;
constinit bool looked = false;

void Look() {
  for (virtio::Transport* transport : virtio::Devices()) {
    if (transport->type() != virtio::DeviceType::kBlock) {
      continue;
    }
    if (count == kMostDevices) {
      log::Warning("virtio-blk", "a disk is left out: an image has ", kMostDevices, " at most");
      continue;
    }
    if (const Result<virtio::Block*> disk = virtio::StartBlock(*transport, notes[count])) {
      devices[count++] = *disk;
    } else {
      log::Error("virtio-blk", "a disk does not start: ", disk.error());
    }
  }
}

}  // namespace

std::span<BlockDevice* const> Devices() {
  if (!looked) {
    looked = true;
    Look();
  }
  return std::span(devices).first(count);
}

}  // namespace ashlar::blockdev
