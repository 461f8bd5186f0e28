// The virtio entropy device [virtio-1.2 §5.4]: random bytes from the host.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/virtio/ring.h"
#include "libs/virtio/split_ring.h"
#include "libs/virtio/virtio.h"

namespace ashlar::virtio {

/// The driver. Holds the memory it shares with the device: must lie in RAM of the image, and live
/// as long as the device runs. Allocates nothing. One thread at a time; not in interrupt context.
class Rng {
 public:
  /// How long Fill() waits for the device.
  static constexpr auto kPatience = std::chrono::milliseconds(500);

  constexpr Rng() = default;
  Rng(const Rng&) = delete;
  Rng& operator=(const Rng&) = delete;

  /// Starts the device behind `transport`, which must live as long as this. kNotFound: it is no
  /// entropy device; errors of Begin(), Accept() and Transport::StartQueue(). Once.
  Result<void> Start(Transport& transport);

  /// Fills `bytes`, all or nothing, waiting for the device. kTimedOut: it is too slow: its host has
  /// run dry; kBroken: it broke its rules and is out of use; kNotFound: it was not started.
  Result<void> Fill(std::span<std::byte> bytes);

 private:
  static constexpr std::uint16_t kRingSize = 2;
  static constexpr std::uint16_t kQueue = 0;

  Result<std::uint32_t> Request();

  alignas(kRingAlignment) std::array<std::byte, SplitRing::MemoryFor(kRingSize)> ring_memory_ = {};
  std::array<std::byte, 64> pool_ = {};  // what the device writes
  SplitRing ring_;
  Transport* transport_ = nullptr;
  Signals* signals_ = nullptr;
  bool requested_ = false;  // the device has the pool
  bool used_before_ = false;
};

}  // namespace ashlar::virtio
