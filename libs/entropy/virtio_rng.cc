// Entropy from the machine's virtio entropy device.
// SPDX-License-Identifier: Apache-2.0
#include "libs/entropy/virtio_rng.h"

#include <cstddef>
#include <span>

#include "libs/base/result.h"
#include "libs/log/log.h"
#include "libs/virtio/devices.h"
#include "libs/virtio/rng/rng.h"
#include "libs/virtio/virtio.h"

namespace ashlar::entropy {
namespace {

constinit virtio::Rng device;
constinit bool looked = false;

// Starts the first entropy device there is; without one FillFromVirtioRng() finds nothing started.
void Look() {
  for (virtio::Transport* transport : virtio::Devices()) {
    if (transport->type() != virtio::DeviceType::kEntropy) {
      continue;
    }
    const Result<void> started = device.Start(*transport);
    if (started) {
      return;
    }
    log::Warning("virtio-rng", "an entropy device does not start: ", started.error());
  }
}

}  // namespace

Result<void> FillFromVirtioRng(std::span<std::byte> bytes) {
  if (!looked) {
    looked = true;
    Look();
  }
  if (!device.Fill(bytes)) {
    return std::unexpected(Error::kUnsupported);
  }
  return {};
}

}  // namespace ashlar::entropy
