// Blkfront: a Xen disk, seen from the domain that uses it.
//
// One ring of requests, each of which names up to 11 pages that are granted to the back end until
// it answers. The back end is another domain and is not trusted: what it writes is read once and
// checked, and it gets at no byte that is not of the request, for pages of which a buffer has only
// a part have a page of the driver's in their place (XSA-403). One that breaks the protocol is out
// of use from then on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/blockdev/blockdev.h"
#include "libs/clock/clock.h"
#include "libs/events/events.h"
#include "libs/xen/abi.h"
#include "libs/xen/doorbell.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/peer.h"
#include "libs/xen/ring.h"

namespace ashlar::xen {

/// What a back end says of a disk.
struct Disk {
  std::uint64_t sectors;      ///< of 512 bytes
  std::uint64_t sector_size;  ///< the disk's own, bytes
  bool read_only;
  bool flush;  ///< it has a write cache
  bool discard;
};

/// A disk whose ring is shared with a back end; the handshake that makes it so is Vbd's (vbd.h).
class BlockFront final : public blockdev::BlockDevice, private blockdev::Queue {
 public:
  static constexpr std::size_t kMaxBouncePages = 32;

  struct Parts {
    BlockRing& ring;
    /// Whole pages, at least two: a request has one for each of its buffer's ends that is not the
    /// end of a page.
    std::span<std::byte> bounce;
    Doorbell& doorbell;
    events::Event& event;  ///< what the back end's events note
    std::uint64_t number;  ///< the device's
  };
  explicit BlockFront(const Parts& parts);
  BlockFront(const BlockFront&) = delete;
  BlockFront& operator=(const BlockFront&) = delete;

  /// All grants are gone: this domain was restored. Share() or GiveUp() comes next.
  void Restart();
  /// Makes a new ring and grants it to `peer`. kNoSpace: there is no grant for it.
  Result<GrantReference> Share(const Peer& peer);
  /// The back end is connected, and has said what it has. Requests that were under way are made
  /// again; properties() stay what they were. kBroken: no disk is like that, or it is another than
  /// it was, or has a write cache that it had not.
  Result<void> Connect(const Disk& disk);
  /// There is no back end, or none that can be used. What was under way is done, with an error; but
  /// for that whose pages are mapped, which is never done.
  void GiveUp();

  const blockdev::Properties& properties() const override { return properties_; }
  std::span<blockdev::Queue* const> queues() override { return queues_; }

 private:
  static constexpr std::size_t kSectorSize = 512;

  // A part of a page that belongs to a buffer, and where the back end has it instead.
  struct Bounce {
    std::span<std::byte> part;
    std::byte* copy;
  };

  // A request, by its id.
  struct Slot {
    enum class Use : std::uint8_t {
      kFree,
      kUnderWay,
      kDone,  // without the back end's answer
    };
    Use use = Use::kFree;
    Result<void> result;  // of what is done
    std::uint8_t segment_count = 0;
    std::uint8_t bounce_count = 0;
    blockdev::Request request;
    std::array<GrantReference, kMaxBlockSegments> grants = {};
    std::array<Bounce, 2> bounces = {};
  };

  Result<void> Submit(const blockdev::Request& request) override;
  void Notify() override;
  bool Poll(blockdev::Client& client) override;
  bool EnableNotifications() override;
  void DisableNotifications() override {}
  clock::Instant deadline() const override { return clock::kNever; }

  Result<void> Issue(std::uint16_t id);
  bool GrantBuffer(Slot& slot, BlockRequest& request);
  std::byte* TakeBounce(Slot& slot, std::span<std::byte> part);
  void ReleaseBounces(Slot& slot);
  void Finish(Slot& slot, Result<void> result);
  bool EndGrants(Slot& slot);
  bool Complete(blockdev::Client& client, const BlockResponse& response);
  Result<void> ResultOf(const Slot& slot, std::int16_t status);
  bool CompleteLocally(blockdev::Client& client);
  void Break(const char* what);

  BlockRing& page_;
  const std::span<std::byte> bounce_;
  std::uint32_t bounce_free_;  // one bit a page
  Doorbell& doorbell_;
  events::Event& event_;
  const std::uint64_t number_;
  blockdev::Properties properties_;
  Peer peer_ = {};
  bool known_ = false;  // what disk it is
  bool broken_ = false;
  bool flushes_ = false;   // this back end does; it may find out late that it does not
  bool discards_ = false;  // this back end does
  FrontRing<BlockRing, kBlockSlots> ring_;
  std::array<Slot, kBlockSlots> slots_ = {};
  std::size_t local_ = 0;  // slots that are done
  std::array<blockdev::Queue*, 1> queues_ = {this};
};

}  // namespace ashlar::xen
