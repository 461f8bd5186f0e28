// The ring of blkfront.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/block/block.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/blockdev/blockdev.h"
#include "libs/blockdev/validate.h"
#include "libs/log/log.h"
#include "libs/xen/abi.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/peer.h"

namespace ashlar::xen {
namespace {

using blockdev::Operation;

// A buffer that begins anywhere in a page touches one page more than its size says.
constexpr std::size_t kMaxBytes = (kMaxBlockSegments - 1) * kPageSize;

BlockOperation OperationOf(Operation operation) {
  switch (operation) {
    case Operation::kRead:
      return BlockOperation::kRead;
    case Operation::kWrite:
      return BlockOperation::kWrite;
    case Operation::kFlush:
      return BlockOperation::kFlush;
    case Operation::kDiscard:
      break;
  }
  return BlockOperation::kDiscard;
}

}  // namespace

BlockFront::BlockFront(const Parts& parts)
    : page_(parts.ring),
      bounce_(parts.bounce.first(std::min(parts.bounce.size() / kPageSize, kMaxBouncePages) *
                                 kPageSize)),
      bounce_free_(
          static_cast<std::uint32_t>((std::uint64_t{1} << bounce_.size() / kPageSize) - 1)),
      doorbell_(parts.doorbell),
      event_(parts.event),
      number_(parts.number) {
  std::ranges::fill(bounce_, std::byte{});
}

void BlockFront::Restart() {
  for (Slot& slot : slots_) {
    slot.segment_count = 0;
    ReleaseBounces(slot);
  }
  if (broken_) {
    GiveUp();  // nothing is mapped any more
  }
}

Result<GrantReference> BlockFront::Share(const Peer& peer) {
  peer_ = peer;
  ring_.Start(page_);
  return peer.Grant(&page_, GrantTable::Access::kReadWrite);
}

Result<void> BlockFront::Connect(const Disk& disk) {
  // A segment lies in one page, and holds whole sectors of the disk's.
  if (disk.sector_size < kSectorSize || disk.sector_size > kPageSize) {
    log::Error("xen-block", "the back end of vbd ", number_, " says that sector-size is ",
               disk.sector_size);
    return std::unexpected(Error::kBroken);
  }
  const auto block_size = static_cast<std::uint32_t>(disk.sector_size);
  const blockdev::Properties properties = {
      .block_size = block_size,
      .block_count = disk.sectors / (block_size / kSectorSize),
      .max_blocks = static_cast<std::uint32_t>(kMaxBytes / block_size),
      // Buffers are cut into segments at the ends of pages, which then are ends of sectors: a back
      // end takes none that is not [Linux, drivers/block/xen-blkback/blkback.c].
      .buffer_alignment = block_size,
      .max_requests = kBlockSlots,
      .read_only = disk.read_only,
      .write_cache = disk.flush,
      .discard = disk.discard,
  };
  // Whose owner was told of no write cache flushes none.
  const bool same = properties.block_size == properties_.block_size &&
                    properties.block_count == properties_.block_count &&
                    properties.read_only == properties_.read_only &&
                    properties.write_cache <= properties_.write_cache;
  if (!blockdev::Sane(properties) || (known_ && !same)) {
    log::Error("xen-block", "vbd ", number_,
               known_ ? " is another disk than it was: " : " cannot be: ", disk.sectors,
               " sectors, by ", disk.sector_size, " bytes",
               disk.flush ? ", with a write cache" : "");
    return std::unexpected(Error::kBroken);
  }
  if (!known_) {
    properties_ = properties;
    known_ = true;
  }
  flushes_ = disk.flush;
  discards_ = disk.discard;
  for (std::uint16_t id = 0; id < kBlockSlots; ++id) {
    if (slots_[id].use == Slot::Use::kUnderWay) {
      ASHLAR_TRY(Issue(id));
    }
  }
  Notify();
  return {};
}

void BlockFront::GiveUp() {
  broken_ = true;
  for (Slot& slot : slots_) {
    if (slot.use == Slot::Use::kUnderWay && EndGrants(slot)) {
      ReleaseBounces(slot);
      Finish(slot, std::unexpected(Error::kBroken));
    }
  }
}

void BlockFront::Break(const char* what) {
  log::Error("xen-block", "the back end of vbd ", number_, " ", what,
             ": the disk is out of use from now on");
  GiveUp();
}

Result<void> BlockFront::Submit(const blockdev::Request& request) {
  if (broken_) {
    return std::unexpected(Error::kBroken);
  }
  ASHLAR_TRY(blockdev::Validate(properties_, request));
  const auto slot = std::ranges::find(slots_, Slot::Use::kFree, &Slot::use);
  if (slot == slots_.end() || ring_.free() == 0) {
    return std::unexpected(Error::kWouldBlock);
  }
  slot->request = request;
  return Issue(static_cast<std::uint16_t>(slot - slots_.begin()));
}

Result<void> BlockFront::Issue(std::uint16_t id) {
  Slot& slot = slots_[id];
  if (slot.request.operation == Operation::kFlush && !flushes_) {
    Finish(slot, {});
    return {};
  }
  if (slot.request.operation == Operation::kDiscard && !discards_) {
    Finish(slot, std::unexpected(Error::kUnsupported));
    return {};
  }
  const std::size_t sectors_of_block = properties_.block_size / kSectorSize;
  BlockRequest request = {};
  request.operation = OperationOf(slot.request.operation);
  request.device = static_cast<std::uint16_t>(number_);
  request.id = id;
  slot.segment_count = 0;
  if (slot.request.operation != Operation::kFlush) {
    request.sector = slot.request.first_block * sectors_of_block;
  }
  if (slot.request.operation == Operation::kDiscard) {
    request.sector_count = slot.request.block_count * sectors_of_block;
  } else if (slot.request.operation != Operation::kFlush && !GrantBuffer(slot, request)) {
    return broken_ ? Result<void>() : std::unexpected(Error::kWouldBlock);
  }
  slot.use = Slot::Use::kUnderWay;
  ring_.Next().request = request;
  ring_.Produce();
  return {};
}

bool BlockFront::GrantBuffer(Slot& slot, BlockRequest& request) {
  const GrantTable::Access access = slot.request.operation == Operation::kWrite
                                        ? GrantTable::Access::kRead
                                        : GrantTable::Access::kReadWrite;
  for (std::span<std::byte> rest = slot.request.buffer; !rest.empty();) {
    const std::size_t offset = reinterpret_cast<std::uintptr_t>(rest.data()) % kPageSize;
    const std::span<std::byte> part = rest.first(std::min(rest.size(), kPageSize - offset));
    rest = rest.subspan(part.size());
    // What else is in the page is nothing to the back end.
    const std::byte* const granted =
        part.size() == kPageSize ? part.data() : TakeBounce(slot, part);
    const Result<GrantReference> grant =
        granted == nullptr ? std::unexpected(Error::kNoSpace) : peer_.Grant(granted, access);
    if (!grant) {
      // The back end was told of none. If it uses one all the same the request counts as made, so
      // that its buffer stays as it is.
      if (EndGrants(slot)) {
        ReleaseBounces(slot);
      } else {
        slot.use = Slot::Use::kUnderWay;
        Break("uses pages that it was not told of");
      }
      return false;
    }
    slot.grants[slot.segment_count] = *grant;
    request.segments[slot.segment_count] = {
        .grant = *grant,
        .first_sector = static_cast<std::uint8_t>(offset / kSectorSize),
        .last_sector = static_cast<std::uint8_t>((offset + part.size()) / kSectorSize - 1),
    };
    ++slot.segment_count;
  }
  request.segment_count = slot.segment_count;
  return true;
}

// A place for `part` in a page of the driver's, at the same offset; nullptr: all of them are in
// use, by requests that are under way.
std::byte* BlockFront::TakeBounce(Slot& slot, std::span<std::byte> part) {
  if (bounce_free_ == 0) {
    return nullptr;
  }
  const auto page = static_cast<std::size_t>(std::countr_zero(bounce_free_));
  bounce_free_ &= bounce_free_ - 1;
  std::byte* const copy =
      &bounce_[page * kPageSize + reinterpret_cast<std::uintptr_t>(part.data()) % kPageSize];
  if (slot.request.operation == Operation::kWrite) {
    std::ranges::copy(part, copy);
  }
  slot.bounces[slot.bounce_count++] = {part, copy};
  return copy;
}

void BlockFront::ReleaseBounces(Slot& slot) {
  for (const Bounce& bounce : std::span(slot.bounces).first(slot.bounce_count)) {
    bounce_free_ |= 1u << (bounce.copy - bounce_.data()) / static_cast<std::ptrdiff_t>(kPageSize);
  }
  slot.bounce_count = 0;
}

// False: the back end has a page mapped; its grant stays the slot's.
bool BlockFront::EndGrants(Slot& slot) {
  const std::span<GrantReference> grants = std::span(slot.grants).first(slot.segment_count);
  slot.segment_count = 0;
  for (const GrantReference grant : grants) {
    if (!peer_.grants->End(grant)) {
      slot.grants[slot.segment_count++] = grant;
    }
  }
  return slot.segment_count == 0;
}

void BlockFront::Finish(Slot& slot, Result<void> result) {
  slot.use = Slot::Use::kDone;
  slot.result = result;
  ++local_;
}

void BlockFront::Notify() {
  if (!broken_ && ring_.Push()) {
    doorbell_.Ring();
  }
}

bool BlockFront::Complete(blockdev::Client& client, const BlockResponse& response) {
  if (response.id >= kBlockSlots || slots_[response.id].use != Slot::Use::kUnderWay) {
    Break("answers for what it was not asked");
    return false;
  }
  Slot& slot = slots_[response.id];
  if (!EndGrants(slot)) {
    Break("keeps the pages of a request that it says is done");
    return false;
  }
  const Result<void> result = ResultOf(slot, response.status);
  if (result && slot.request.operation == Operation::kRead) {
    for (const Bounce& bounce : std::span(slot.bounces).first(slot.bounce_count)) {
      std::ranges::copy(std::span(bounce.copy, bounce.part.size()), bounce.part.begin());
    }
  }
  ReleaseBounces(slot);
  slot.use = Slot::Use::kFree;
  client.Completed(slot.request.cookie, result);
  return true;
}

// [io/blkif.h feature-flush-cache, feature-discard] Either may turn out not to be there at any
// time, for what is below the back end is not known to it. Without a cache there is nothing to
// flush.
Result<void> BlockFront::ResultOf(const Slot& slot, std::int16_t status) {
  if (status == 0) {
    return {};
  }
  if (status == BlockResponse::kUnsupported && slot.request.operation == Operation::kFlush) {
    flushes_ = false;
    return {};
  }
  if (status == BlockResponse::kUnsupported && slot.request.operation == Operation::kDiscard) {
    return std::unexpected(Error::kUnsupported);
  }
  return std::unexpected(Error::kInputOutput);
}

bool BlockFront::CompleteLocally(blockdev::Client& client) {
  if (local_ == 0) {
    return false;
  }
  for (Slot& slot : slots_) {
    if (slot.use == Slot::Use::kDone) {
      slot.use = Slot::Use::kFree;
      --local_;
      client.Completed(slot.request.cookie, slot.result);
    }
  }
  return true;
}

bool BlockFront::Poll(blockdev::Client& client) {
  bool any = CompleteLocally(client);
  if (broken_) {
    return any;
  }
  const std::optional<std::uint32_t> count = ring_.Responses();
  if (!count) {
    Break("answers more than it was asked");
  } else {
    for (std::uint32_t left = *count; left != 0 && Complete(client, ring_.Take()); --left) {
      any = true;
    }
  }
  return CompleteLocally(client) || any;
}

bool BlockFront::EnableNotifications() {
  (void)event_.Take();
  return local_ == 0 && (broken_ || ring_.RequestEvent(1));
}

}  // namespace ashlar::xen
