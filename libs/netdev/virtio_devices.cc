// The network devices that virtio::Devices() has.
// SPDX-License-Identifier: Apache-2.0
#include "libs/netdev/virtio_devices.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/entropy/entropy.h"
#include "libs/log/log.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/virtio/devices.h"

namespace ashlar::netdev {
namespace {

constexpr std::size_t kMostDevices = 4;

constinit std::array<NetDevice*, kMostDevices> devices = {};
constinit std::array<events::Event, kMostDevices> notes = {};
constinit std::size_t count = 0;
constinit bool looked = false;

virtio::NetOptions Options() {
  virtio::NetOptions options;
  // The more memory, the longer a burst that is not lost; the least is enough for a small server.
  const std::size_t affordable = page_allocator::Measure().total_bytes / 16 / options.buffer_size;
  options.receive_buffers =
      static_cast<std::uint16_t>(std::bit_floor(std::clamp<std::size_t>(affordable, 64, 256)));
  return options;
}

// For a device that has no address: one that nobody else has, marked as locally administered.
MacAddress MadeUpAddress() {
  MacAddress address = virtio::NetOptions().mac_address;
  std::array<std::byte, 5> random;
  if (entropy::Fill(random)) {
    std::transform(random.begin(), random.end(), address.begin() + 1,
                   [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
  }
  return address;
}

void Look(StartVirtio start, StartVirtio otherwise) {
  virtio::NetOptions options = Options();
  for (virtio::Transport* transport : virtio::Devices()) {
    if (transport->type() != virtio::DeviceType::kNetwork) {
      continue;
    }
    if (count == kMostDevices) {
      log::Warning("virtio-net", "a network device is left out: an image has ", kMostDevices,
                   " at most");
      continue;
    }
    options.mac_address = MadeUpAddress();
    Result<virtio::Net*> net = start(*transport, notes[count], options);
    if (!net && net.error() == Error::kUnsupported && otherwise != nullptr) {
      net = otherwise(*transport, notes[count], options);
    }
    if (!net) {
      log::Error("virtio-net", "a network device does not start: ", net.error());
      continue;
    }
    devices[count++] = *net;
  }
}

}  // namespace

std::span<NetDevice* const> VirtioDevices(StartVirtio start, StartVirtio otherwise) {
  if (!looked) {
    looked = true;
    Look(start, otherwise);
  }
  return std::span(devices).first(count);
}

}  // namespace ashlar::netdev
