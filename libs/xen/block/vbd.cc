// Blkfront's part of the handshake [io/blkif.h].
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/block/vbd.h"

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/xen/abi.h"
#include "libs/xen/block/block.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/peer.h"

namespace ashlar::xen {
namespace {

// For eight requests at least that begin and end inside of pages.
constexpr std::size_t kBounceBytes = 16 * kPageSize;

}  // namespace

Result<void> Vbd::Prepare() {
  if (front_ == nullptr) {
    constexpr std::size_t kShared = sizeof(BlockRing) + kBounceBytes;
    const std::span<std::byte> memory =
        ASHLAR_TRY(resources().AllocatePages(kShared + sizeof(BlockFront)));
    front_ = new (&memory[kShared]) BlockFront({
        .ring = *reinterpret_cast<BlockRing*>(memory.data()),
        .bounce = memory.subspan(sizeof(BlockRing), kBounceBytes),
        .doorbell = doorbell(),
        .event = event(),
        .number = number(),
    });
  }
  return {};
}

Result<void> Vbd::Share(const Peer& peer) {
  const GrantReference ring = ASHLAR_TRY(front_->Share(peer));
  ASHLAR_TRY(device().Write("ring-ref", ring));
  return device().Write("protocol", "x86_64-abi");
}

Result<void> Vbd::Complete() {
  ASHLAR_TRY(front_->Connect(ASHLAR_TRY(ReadDisk())));
  return device().SetState(DeviceState::kConnected);
}

Result<Disk> Vbd::ReadDisk() {
  constexpr std::uint64_t kAny = ~std::uint64_t{0};
  const std::uint64_t info = ASHLAR_TRY(device().ReadBackEnd("info", kAny));
  return Disk{
      .sectors = ASHLAR_TRY(device().ReadBackEnd("sectors", kAny)),
      .sector_size = ASHLAR_TRY(device().ReadBackEnd("sector-size", kAny)),
      .read_only = (info & kReadOnlyDisk) != 0,
      .flush = device().BackEndHas("feature-flush-cache"),
      .discard = device().BackEndHas("feature-discard"),
  };
}

}  // namespace ashlar::xen
