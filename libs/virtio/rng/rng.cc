// The virtio entropy device.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/rng/rng.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "libs/base/check.h"
#include "libs/clock/clock.h"
#include "libs/log/log.h"

namespace ashlar::virtio {

Result<void> Rng::Start(Transport& transport) {
  ASHLAR_CHECK(transport_ == nullptr);
  if (transport.type() != DeviceType::kEntropy) {
    return std::unexpected(Error::kNotFound);
  }
  ASHLAR_TRY(Begin(transport));
  ASHLAR_TRY(Accept(transport, 0));
  const std::uint16_t most = ASHLAR_TRY(transport.MaximumRingSize(kQueue));
  if (most < kRingSize) {
    return std::unexpected(Error::kBroken);
  }
  ring_.Start(ring_memory_, kRingSize, 0);
  signals_ = ASHLAR_TRY(transport.StartQueue(kQueue, ring_.addresses(), nullptr));
  Run(transport);
  transport_ = &transport;
  return {};
}

// Has the device fill the pool; returns how many bytes it wrote.
Result<std::uint32_t> Rng::Request() {
  if (!requested_) {
    const Segment pool = {DeviceAddress(pool_.data()), static_cast<std::uint32_t>(pool_.size()),
                          true};
    if (used_before_) {
      ring_.Repeat(0, pool);
    } else {
      ring_.Add(1, [&](std::uint16_t) { return pool; });
    }
    requested_ = true;
    used_before_ = true;
    if (ring_.Publish()) {
      signals_->Notify(kQueue);
    }
  }
  const clock::Instant deadline = clock::Monotonic::now() + kPatience;
  std::optional<Used> used = ring_.Take();
  while (!used) {
    if (ring_.broken()) {
      return std::unexpected(Error::kBroken);
    }
    if (clock::Monotonic::now() > deadline) {
      return std::unexpected(Error::kTimedOut);  // the device keeps the pool, for the next call
    }
    used = ring_.Take();
  }
  requested_ = false;
  // Notifications are off, which the device may take or leave [virtio-1.2 §2.7.7]; a line that it
  // holds would keep those it shares it with from sleeping.
  signals_->AcknowledgeInterrupt();
  if (used->length == 0) {  // [virtio-1.2 §5.4.6.2]
    return std::unexpected(Error::kBroken);
  }
  return used->length;
}

Result<void> Rng::Fill(std::span<std::byte> bytes) {
  if (transport_ == nullptr) {
    return std::unexpected(Error::kNotFound);
  }
  const std::span<std::byte> all = bytes;
  while (!bytes.empty()) {
    const Result<std::uint32_t> written = Request();
    if (!written) {
      std::memset(all.data(), 0, all.size());
      if (written.error() == Error::kBroken) {
        log::Error("virtio-rng", "the device breaks its rules; it is out of use from now on");
        (void)Stop(*transport_);
        transport_ = nullptr;
      }
      return std::unexpected(written.error());
    }
    const std::size_t part = std::min<std::size_t>(*written, bytes.size());
    std::memcpy(bytes.data(), pool_.data(), part);
    pool_ = {};  // nobody finds them here later
    bytes = bytes.subspan(part);
  }
  return {};
}

}  // namespace ashlar::virtio
