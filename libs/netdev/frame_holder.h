// A network stack for fuzz targets: touches every byte that it is given and holds frames back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "libs/netdev/netdev.h"

namespace ashlar::netdev {

/// Dies of a frame that is not one buffer of its own size.
struct FrameHolder final : Client {
  void Received(Buffer& first, std::size_t size, bool) override {
    for (std::byte& byte : first.bytes) {
      byte ^= std::byte{0xff};
    }
    if (size != first.bytes.size() || first.next != nullptr) {
      __builtin_trap();
    }
    held.push_back(&first);
  }
  void Transmitted(void*) override { ++transmitted; }

  void ReleaseOne(Queue& queue) {
    if (!held.empty()) {
      queue.Release(*held.back());
      held.pop_back();
    }
  }

  std::vector<Buffer*> held;
  std::size_t transmitted = 0;
};

}  // namespace ashlar::netdev
