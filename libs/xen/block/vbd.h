// A disk as the store names it: the handshake that makes a BlockFront of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/xen/abi.h"
#include "libs/xen/block/block.h"
#include "libs/xen/front_end.h"
#include "libs/xen/peer.h"
#include "libs/xen/resources.h"
#include "libs/xen/store.h"

namespace ashlar::xen {

/// kBroken: the store says what cannot be, or after a restore that this is another disk or has a
/// write cache that it had not.
class Vbd final : public FrontEnd {
 public:
  using Interface = blockdev::BlockDevice;
  static constexpr std::string_view kKind = "vbd";
  static constexpr std::string_view kLibrary = "xen-block";

  Vbd(Store& store, Resources& resources, std::uint64_t number)
      : FrontEnd(store, resources,
                 {.name = kKind, .library = kLibrary, .ready = DeviceState::kInitialised}, number) {
  }

  Interface& interface() { return *front_; }

 private:
  Result<void> Prepare() override;
  Result<void> Share(const Peer& peer) override;
  Result<void> Complete() override;
  void Restart() override { front_->Restart(); }
  void GiveUp() override { front_->GiveUp(); }

  Result<Disk> ReadDisk();

  BlockFront* front_ = nullptr;
};

}  // namespace ashlar::xen
