// A network device as the store names it: the handshake that makes a NetFront of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "libs/base/result.h"
#include "libs/netdev/netdev.h"
#include "libs/xen/abi.h"
#include "libs/xen/front_end.h"
#include "libs/xen/net/net.h"
#include "libs/xen/peer.h"
#include "libs/xen/resources.h"
#include "libs/xen/store.h"

namespace ashlar::xen {

/// kUnsupported: the back end lacks what this driver needs, or after a restore something that the
/// stack was promised; kBroken: the store says what cannot be.
class Vif final : public FrontEnd {
 public:
  using Interface = netdev::NetDevice;
  static constexpr std::string_view kKind = "vif";
  static constexpr std::string_view kLibrary = "xen-net";

  Vif(Store& store, Resources& resources, std::uint64_t number)
      : FrontEnd(store, resources,
                 {.name = kKind, .library = kLibrary, .ready = DeviceState::kConnected}, number) {}

  Interface& interface() { return *front_; }

 private:
  Result<void> Prepare() override;
  Result<void> Share(const Peer& peer) override;
  Result<void> Complete() override;
  void GiveUp() override { front_->queue().GiveUp(); }

  Result<netdev::Properties> ReadProperties();
  Result<void> MakeFront(const netdev::Properties& properties);

  NetFront* front_ = nullptr;
  bool was_connected_ = false;
};

}  // namespace ashlar::xen
