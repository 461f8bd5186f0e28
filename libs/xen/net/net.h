// Netfront: a Xen network device, seen from the domain that uses it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>

#include "libs/netdev/netdev.h"
#include "libs/xen/net/net_queue.h"

namespace ashlar::xen {

/// A network device of one queue; what connects that with its back end is a Vif.
class NetFront final : public netdev::NetDevice {
 public:
  NetFront(const netdev::Properties& properties, const NetQueue::Parts& queue)
      : properties_(properties), queue_(queue, properties_) {}
  NetFront(const NetFront&) = delete;
  NetFront& operator=(const NetFront&) = delete;

  NetQueue& queue() { return queue_; }

  const netdev::Properties& properties() const override { return properties_; }
  std::span<netdev::Queue* const> queues() override { return queues_; }
  bool link_up() const override { return queue_.connected(); }

 private:
  const netdev::Properties properties_;
  NetQueue queue_;
  const std::array<netdev::Queue*, 1> queues_ = {&queue_};
};

}  // namespace ashlar::xen
