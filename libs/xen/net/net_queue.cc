// The two rings of a queue.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/net/net_queue.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <utility>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/log/log.h"
#include "libs/netdev/netdev.h"
#include "libs/xen/abi.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/peer.h"

namespace ashlar::xen {
namespace {

using netdev::Offload;

constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kSmallestFrame = 60;  // without its check sequence

// A fragment of n bytes touches at most n / kPageSize + 2 pages.
static_assert(NetQueue::kMaxFrame / kPageSize + 2 * NetQueue::kMaxFragments <= kMaxNetSlotsOfFrame);

// What of the `left` bytes at `bytes` lies in one page.
std::size_t InPage(const std::byte* bytes, std::size_t left) {
  return std::min(left, kPageSize - reinterpret_cast<std::uintptr_t>(bytes) % kPageSize);
}

std::uint32_t PagesOf(std::span<const netdev::Fragment> fragments) {
  std::size_t pages = 0;
  for (const netdev::Fragment& fragment : fragments) {
    const auto begin = reinterpret_cast<std::uintptr_t>(fragment.data());
    pages +=
        (AlignUp(begin + fragment.size(), kPageSize) - AlignDown(begin, kPageSize)) / kPageSize;
  }
  return static_cast<std::uint32_t>(pages);
}

}  // namespace

NetQueue::NetQueue(const Parts& parts, const netdev::Properties& properties)
    : transmit_page_(parts.transmit),
      receive_page_(parts.receive),
      buffers_(
          parts.buffers.first(std::min(parts.buffers.size() / kPageSize, kMaxBuffers) * kPageSize)),
      doorbell_(parts.doorbell),
      event_(parts.event),
      number_(parts.number),
      properties_(properties) {
  // Whatever the memory was before is nothing to the back end.
  std::ranges::fill(buffers_, std::byte{});
  for (std::uint16_t id = kNetSlots; id-- > 0;) {
    FreeSent(id);
  }
}

Result<NetQueue::Rings> NetQueue::Share(const Peer& peer) {
  state_ = State::kConnecting;
  peer_ = peer;
  extras_ = 0;
  AbandonAll();
  transmit_.Start(transmit_page_);
  receive_.Start(receive_page_);
  const Rings rings = {
      .transmit = ASHLAR_TRY(peer.Grant(&transmit_page_, GrantTable::Access::kReadWrite)),
      .receive = ASHLAR_TRY(peer.Grant(&receive_page_, GrantTable::Access::kReadWrite)),
  };
  for (std::size_t i = 0; i < buffers_.size() / kPageSize; ++i) {
    ReceiveBuffer& buffer = received_[i];
    const Result<GrantReference> grant = peer.Grant(Page(i).data(), GrantTable::Access::kNone);
    // With fewer buffers a burst is lost sooner.
    buffer.granted = grant.has_value();
    buffer.grant = grant.value_or(0);
    buffer.posted = false;
    if (buffer.granted && buffer.bytes.empty()) {
      Lend(i);
    }
  }
  (void)receive_.Push();
  return rings;
}

void NetQueue::Connect() {
  state_ = State::kConnected;
  // Of the receive buffers, which the back end may have overlooked.
  doorbell_.Ring();
}

void NetQueue::GiveUp() {
  state_ = State::kBroken;
  AbandonAll();
}

void NetQueue::AbandonAll() {
  for (Sent& sent : sent_) {
    if (sent.use != Sent::Use::kFree) {
      sent.use = Sent::Use::kAbandoned;
      abandoned_ = true;
    }
  }
}

void NetQueue::Break(const char* what) {
  state_ = State::kBroken;
  log::Error("xen-net", "the back end of vif ", number_, " ", what,
             ": the network device is out of use from now on");
  // While it has any page mapped the stack gets none back.
  bool all = true;
  for (Sent& sent : sent_) {
    if (sent.use == Sent::Use::kUnderWay) {
      if (peer_.grants->End(sent.grant)) {
        sent.use = Sent::Use::kAnswered;
      } else {
        all = false;
      }
    }
  }
  if (all) {
    AbandonAll();
  }
}

// --- Sending

bool NetQueue::Allows(std::span<const netdev::Fragment> fragments, const Offload& offload,
                      std::size_t size) const {
  if (fragments.size() > kMaxFragments || size < kEthernetHeader) {
    return false;
  }
  if (offload.checksum &&
      (!properties_.transmit_checksum ||
       std::size_t{offload.checksum_start} + offload.checksum_offset + sizeof(std::uint16_t) >
           size)) {
    return false;
  }
  switch (offload.segmentation) {
    case Offload::Segmentation::kNone:
      return size <= properties_.mtu + kEthernetHeader;
    case Offload::Segmentation::kTcp4:
    case Offload::Segmentation::kTcp6:
      return (offload.segmentation == Offload::Segmentation::kTcp4
                  ? properties_.tcp4_segmentation
                  : properties_.tcp6_segmentation) &&
             offload.checksum && offload.segment_size != 0 && size <= kMaxFrame;
  }
  return false;
}

Result<void> NetQueue::Transmit(std::span<const netdev::Fragment> fragments, const Offload& offload,
                                void* cookie) {
  if (state_ == State::kBroken) [[unlikely]] {
    return std::unexpected(Error::kBroken);
  }
  std::size_t size = 0;
  for (const netdev::Fragment& fragment : fragments) {
    if (fragment.empty()) [[unlikely]] {
      return std::unexpected(Error::kInvalidArgument);
    }
    size += fragment.size();
  }
  if (!Allows(fragments, offload, size)) [[unlikely]] {
    return std::unexpected(Error::kInvalidArgument);
  }
  const bool segmented = offload.segmentation != Offload::Segmentation::kNone;
  const std::uint32_t extras = segmented ? 1 : 0;
  const std::uint32_t slots = PagesOf(fragments) + extras;
  if (state_ == State::kConnecting || transmit_.free() < slots) [[unlikely]] {
    refused_ = true;
    return std::unexpected(Error::kWouldBlock);
  }
  // The slots are filled in first and produced as a whole, so that a frame for which there are too
  // few grants leaves no trace.
  std::uint32_t slot = 0;
  std::uint32_t last = 0;
  std::uint16_t ids = kNone;
  for (const netdev::Fragment& fragment : fragments) {
    for (std::size_t done = 0; done < fragment.size();) {
      const std::byte* bytes = fragment.data() + done;
      const std::size_t count = InPage(bytes, fragment.size() - done);
      const Result<std::uint16_t> id = GrantToSend(bytes);
      if (!id) [[unlikely]] {
        return TakeBack(ids, cookie);
      }
      sent_[*id].next = ids;
      ids = *id;
      transmit_.Next(slot).request = {
          .grant = sent_[*id].grant,
          .offset = static_cast<std::uint16_t>(reinterpret_cast<std::uintptr_t>(bytes) % kPageSize),
          .flags = NetTransmitRequest::kMoreData,
          .id = *id,
          .size = static_cast<std::uint16_t>(count),
      };
      done += count;
      last = slot;
      slot += slot == 0 ? 1 + extras : 1;
    }
  }
  // They may be answered in any order; the last one counts.
  sent_[ids].cookie = cookie;
  sent_[ids].left = static_cast<std::uint8_t>(slots - extras);
  for (std::uint16_t id = ids; id != kNone;) {
    id = std::exchange(sent_[id].next, ids);
  }
  transmit_.Next(last).request.flags = 0;
  NetTransmitRequest& first = transmit_.Next().request;
  first.size = static_cast<std::uint16_t>(size);
  if (offload.checksum) {
    first.flags |= NetTransmitRequest::kChecksumBlank | NetTransmitRequest::kDataValidated;
  }
  if (segmented) {
    first.flags |= NetTransmitRequest::kExtraInfo;
    FillSegmentation(offload);
    ++extras_;
  }
  transmit_.Produce(slots);
  return {};
}

Result<std::uint16_t> NetQueue::GrantToSend(const std::byte* bytes) {
  // There are as many as slots, but a back end that answers for less than it was asked uses them
  // up, and in another order for a while.
  if (free_sent_ == kNone) [[unlikely]] {
    return std::unexpected(Error::kNoSpace);
  }
  const GrantReference grant = ASHLAR_TRY(peer_.Grant(bytes, GrantTable::Access::kRead));
  const std::uint16_t id = free_sent_;
  free_sent_ = sent_[id].next;
  sent_[id] = {.grant = grant, .use = Sent::Use::kUnderWay};
  return id;
}

void NetQueue::FillSegmentation(const Offload& offload) {
  transmit_.Next(1).segmentation = {
      .type = NetSegmentation::kType,
      .flags = 0,
      .segment_size = offload.segment_size,
      .protocol = offload.segmentation == Offload::Segmentation::kTcp4 ? NetSegmentation::kTcp4
                                                                       : NetSegmentation::kTcp6,
      .padding = 0,
      .features = 0,
  };
}

void NetQueue::FreeSent(std::uint16_t id) {
  sent_[id] = {.next = free_sent_};
  free_sent_ = id;
}

// The requests of a frame that was not produced: the back end was told of nothing. If it uses a
// page all the same the frame counts as queued, so that the page stays as it is.
Result<void> NetQueue::TakeBack(std::uint16_t ids, void* cookie) {
  while (ids != kNone) {
    const std::uint16_t id = ids;
    if (!peer_.grants->End(sent_[id].grant)) [[unlikely]] {
      sent_[id].cookie = cookie;
      sent_[id].left = 1;
      Break("uses pages that it was not told of");
      return {};
    }
    ids = sent_[id].next;
    FreeSent(id);
  }
  refused_ = true;
  return std::unexpected(Error::kWouldBlock);
}

void NetQueue::Flush() {
  if (state_ == State::kConnected && transmit_.Push()) {
    doorbell_.Ring();
  }
}

bool NetQueue::PollTransmit(netdev::Client& client) {
  const std::optional<std::uint32_t> count = transmit_.Responses();
  if (!count) [[unlikely]] {
    Break("answers for frames that were not sent");
    return false;
  }
  // Whoever is told that a frame is sent may send the next, and find the back end broken.
  for (std::uint32_t left = *count; left != 0 && state_ == State::kConnected; --left) {
    const NetTransmitResponse response = transmit_.Take();
    if (response.status == NetTransmitResponse::kNull) {
      if (extras_ == 0) [[unlikely]] {
        Break("answers for slots that it was not asked to skip");
        return true;
      }
      --extras_;
      continue;
    }
    const std::uint16_t id = response.id;
    if (id >= kNetSlots || sent_[id].use != Sent::Use::kUnderWay) [[unlikely]] {
      Break("answers for a frame twice");
      return true;
    }
    if (!peer_.grants->End(sent_[id].grant)) [[unlikely]] {
      Break("keeps the pages of a frame that it says is sent");
      return true;
    }
    const std::uint16_t last = sent_[id].next;
    sent_[id].use = Sent::Use::kAnswered;
    if (id != last) {
      FreeSent(id);
    }
    if (--sent_[last].left == 0) {
      void* const cookie = sent_[last].cookie;
      FreeSent(last);
      Transmitted(client, cookie);
    }
  }
  return *count != 0;
}

bool NetQueue::ReturnAbandoned(netdev::Client& client) {
  if (!abandoned_) [[likely]] {
    return false;
  }
  abandoned_ = false;
  for (std::uint16_t id = 0; id < kNetSlots; ++id) {
    if (sent_[id].use == Sent::Use::kAbandoned) {
      const Sent sent = sent_[id];
      FreeSent(id);
      if (sent.left != 0) {
        Transmitted(client, sent.cookie);
      }
    }
  }
  if (to_announce_) {
    TryToAnnounce();
  }
  return true;
}

// --- Announcing

namespace {

// A request for this address's own protocol address, from it and to all, which nobody answers; but
// switches learn from it where the address is. [RARP]
std::array<std::byte, kSmallestFrame> Announcement(const netdev::MacAddress& address) {
  constexpr std::uint8_t kProtocol[] = {
      0x80, 0x35,        // Ethernet's number of RARP
      0,    1,           // of Ethernet addresses
      8,    0,           // and IPv4 addresses,
      6,    4,    0, 3,  // of so many bytes: request
  };
  std::array<std::byte, kSmallestFrame> frame = {};
  const auto put = [&](std::size_t at, std::span<const std::uint8_t> bytes) {
    std::ranges::transform(bytes, frame.begin() + static_cast<std::ptrdiff_t>(at),
                           [](std::uint8_t byte) { return std::byte{byte}; });
  };
  std::fill_n(frame.begin(), address.size(), std::byte{0xff});  // to
  put(6, address);                                              // from
  put(12, kProtocol);
  put(22, address);  // the asker
  put(32, address);  // who is asked for
  return frame;
}

}  // namespace

void NetQueue::Announce() {
  to_announce_ = true;
  TryToAnnounce();
}

// It goes out from a page that is the back end's to write anyway, so that it needs none for itself.
// Where the ring is full of what was under way it has to wait until that is returned.
void NetQueue::TryToAnnounce() {
  static_assert(sizeof(NetTransmitRing::rest) >= kSmallestFrame);
  std::ranges::copy(Announcement(properties_.mac_address), transmit_page_.rest);
  const netdev::Fragment frame = std::span(transmit_page_.rest).first(kSmallestFrame);
  to_announce_ = !Transmit({&frame, 1}, {}, this);
  Flush();
}

// Frames of the driver's own are nothing to the stack.
void NetQueue::Transmitted(netdev::Client& client, void* cookie) {
  if (cookie != this) {
    client.Transmitted(cookie);
  }
}

// --- Receiving

void NetQueue::Lend(std::size_t i) {
  peer_.grants->Renew(received_[i].grant, GrantTable::Access::kReadWrite);
  Post(i);
}

void NetQueue::Post(std::size_t i) {
  received_[i].posted = true;
  receive_.Next().request = {
      .id = static_cast<std::uint16_t>(i), .padding = 0, .grant = received_[i].grant};
  receive_.Produce();
}

void NetQueue::PushReceive() {
  if (receive_.Push()) {
    doorbell_.Ring();
  }
}

bool NetQueue::PollReceive(netdev::Client& client, std::size_t budget) {
  const std::optional<std::uint32_t> count = receive_.Responses();
  if (!count) [[unlikely]] {
    Break("fills buffers that it was not given");
    return false;
  }
  const std::size_t todo = std::min<std::size_t>(*count, budget);
  for (std::size_t left = todo; left != 0 && state_ == State::kConnected; --left) {
    const NetReceiveResponse response = receive_.Take();
    if (response.id >= buffers_.size() / kPageSize || !received_[response.id].posted) [[unlikely]] {
      Break("fills a buffer that is not its own");
      return true;
    }
    ReceiveBuffer& buffer = received_[response.id];
    buffer.posted = false;
    if (response.status < static_cast<int>(kEthernetHeader)) {  // an error, of this frame alone
      Post(response.id);
      continue;
    }
    const auto size = static_cast<std::size_t>(response.status);
    constexpr unsigned kNeverOffered =
        NetReceiveResponse::kMoreData | NetReceiveResponse::kExtraInfo;
    if ((response.flags & kNeverOffered) != 0 || response.offset > kPageSize ||
        size > kPageSize - response.offset) [[unlikely]] {
      Break("gives a frame a size that it cannot have");
      return true;
    }
    // The stack trusts what it has checked, and writes there.
    if (!peer_.grants->Withdraw(buffer.grant)) [[unlikely]] {
      Break("keeps a buffer that it says it filled");
      return true;
    }
    constexpr unsigned kGood =
        NetReceiveResponse::kDataValidated | NetReceiveResponse::kChecksumBlank;
    buffer.bytes = Page(response.id).subspan(response.offset, size);
    buffer.next = nullptr;
    // Either somebody has checked it, or it never left this machine [io/netif.h].
    client.Received(buffer, size, (response.flags & kGood) != 0);
  }
  PushReceive();
  return todo != 0;
}

void NetQueue::Release(netdev::Buffer& buffer) {
  const std::size_t i =
      static_cast<std::size_t>(static_cast<ReceiveBuffer*>(&buffer) - received_.data());
  ASHLAR_CHECK(i < buffers_.size() / kPageSize && !received_[i].posted);
  buffer.bytes = {};
  if (state_ != State::kBroken && received_[i].granted) {
    Lend(i);
  }
}

// --- Both

bool NetQueue::Poll(netdev::Client& client, std::size_t budget) {
  bool any = ReturnAbandoned(client);
  if (state_ == State::kConnected) [[likely]] {
    any |= PollTransmit(client);
  }
  if (state_ == State::kConnected) [[likely]] {
    any |= PollReceive(client, budget);
  }
  return ReturnAbandoned(client) || any;
}

bool NetQueue::EnableNotifications() {
  (void)event_.Take();
  if (state_ != State::kConnected) [[unlikely]] {
    return true;
  }
  PushReceive();
  bool quiet = receive_.RequestEvent(1);
  // Sent frames wake nobody, unless somebody waits for room or is about to.
  const std::uint32_t outstanding = transmit_.outstanding();
  if (refused_) {
    quiet &= outstanding == 0 || transmit_.RequestEvent(1);
  } else if (outstanding > kNetSlots / 2) {
    quiet &= transmit_.RequestEvent(outstanding / 2);
  } else {
    quiet &= transmit_.RequestEvent(outstanding + 1);
  }
  refused_ = false;
  return quiet;
}

}  // namespace ashlar::xen
