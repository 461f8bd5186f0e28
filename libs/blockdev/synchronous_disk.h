// A block device without hardware: requests wait until Poll(), which does them one after another.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/clock/clock.h"

namespace ashlar::blockdev {

/// The queue and its order; what is done to the blocks is the derived class's. Allocates nothing.
class SynchronousDisk : public BlockDevice, private Queue {
 public:
  static constexpr std::size_t kMaxRequests = 64;

  SynchronousDisk(const SynchronousDisk&) = delete;
  SynchronousDisk& operator=(const SynchronousDisk&) = delete;

  const Properties& properties() const final { return properties_; }
  std::span<Queue* const> queues() final { return queues_; }

 protected:
  /// `properties` are Sane(), with at most kMaxRequests.
  explicit SynchronousDisk(const Properties& properties);
  ~SynchronousDisk() = default;

  /// Does a request that was validated; its result.
  virtual Result<void> Do(const Request& request) = 0;

 private:
  Result<void> Submit(const Request& request) final;
  void Notify() final { submitted_ = waiting_; }
  bool Poll(Client& client) final;
  bool EnableNotifications() final { return submitted_ == 0; }
  void DisableNotifications() final {}
  clock::Instant deadline() const final { return clock::kNever; }

  const Properties properties_;
  std::array<Queue*, 1> queues_ = {this};
  std::array<Request, kMaxRequests> requests_ = {};  // a ring
  std::size_t head_ = 0;
  std::size_t waiting_ = 0;    // in the ring
  std::size_t submitted_ = 0;  // of these, the disk was told of
};

}  // namespace ashlar::blockdev
