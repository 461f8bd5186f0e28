// A queue of netfront: what a Xen network device is made of.
//
// Two rings, one a direction. Frames go out by reference: each page that a frame touches is granted
// to the back end until it answers. They come in as the back end copies them, one frame a page,
// into pages that are granted until it says that one is filled.
//
// The back end is another domain and is not trusted: what it writes is read once and checked. One
// that breaks the protocol is out of use from then on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/events/events.h"
#include "libs/netdev/netdev.h"
#include "libs/xen/abi.h"
#include "libs/xen/doorbell.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/peer.h"
#include "libs/xen/ring.h"

namespace ashlar::xen {

/// A pair of rings that are shared with a back end, with the buffers, grants and events that belong
/// to it.
class NetQueue final : public netdev::Queue {
 public:
  static constexpr std::size_t kMaxBuffers = kNetSlots;
  /// With kMaxFragments such a frame touches no more pages than a back end takes.
  static constexpr std::size_t kMaxFrame = 40 * kKiB;
  static constexpr std::uint16_t kMaxFragments = 4;
  static constexpr std::uint16_t kMaxPacket = kMaxFrame - 14;

  /// What lasts as long as the queue.
  struct Parts {
    NetTransmitRing& transmit;
    NetReceiveRing& receive;
    std::span<std::byte> buffers;  ///< whole pages, one a received frame, at most kMaxBuffers
    Doorbell& doorbell;
    events::Event& event;  ///< what the back end's events note
    std::uint64_t number;  ///< the device's, for the log
  };
  /// What the back end has to be told.
  struct Rings {
    GrantReference transmit;
    GrantReference receive;
  };

  /// `properties` are the device's, and stay with it.
  NetQueue(const Parts& parts, const netdev::Properties& properties);
  NetQueue(const NetQueue&) = delete;
  NetQueue& operator=(const NetQueue&) = delete;

  /// Makes new rings, grants them and the receive buffers to `peer`, and goes on from there: frames
  /// that were queued count as sent, those that the stack holds stay its own. kNoSpace: there are
  /// no grants for the rings.
  Result<Rings> Share(const Peer& peer);
  /// The back end is connected: frames go out from now on.
  void Connect();
  /// Sends a frame of the device's own to all: the network may know this address, but at another
  /// place, where the domain was before it was restored.
  void Announce();
  /// There is no back end, or none that can be used: at the start, or after this domain was
  /// restored. Frames that were queued count as sent.
  void GiveUp();

  bool connected() const { return state_ == State::kConnected; }

  Result<void> Transmit(std::span<const netdev::Fragment> fragments, const netdev::Offload& offload,
                        void* cookie) override;
  void Flush() override;
  bool Poll(netdev::Client& client, std::size_t budget) override;
  void Release(netdev::Buffer& buffer) override;
  bool EnableNotifications() override;
  void DisableNotifications() override {}

 private:
  enum class State : std::uint8_t { kConnecting, kConnected, kBroken };

  static constexpr std::uint16_t kNone = 0xffff;

  // A request, by its id.
  struct Sent {
    enum class Use : std::uint8_t {
      kFree,
      kUnderWay,
      kAnswered,   // without a grant: the last of its frame, of which others are under way, or all
                   // of a back end that is out of use but those that it has mapped
      kAbandoned,  // nobody will answer, and the stack is to be told
    };
    GrantReference grant = 0;
    // Of the free ones, or of those of a frame that is being queued; from then on the frame's last.
    std::uint16_t next = kNone;
    Use use = Use::kFree;
    std::uint8_t left = 0;  // of a frame, in its last: requests that were not answered
    void* cookie = nullptr;
  };
  // One without bytes is the driver's, any other the stack's.
  struct ReceiveBuffer : netdev::Buffer {
    GrantReference grant = 0;
    bool granted = false;
    bool posted = false;  // the back end may write to it
  };

  bool Allows(std::span<const netdev::Fragment> fragments, const netdev::Offload& offload,
              std::size_t size) const;
  Result<std::uint16_t> GrantToSend(const std::byte* bytes);
  Result<void> TakeBack(std::uint16_t ids, void* cookie);
  void FreeSent(std::uint16_t id);
  void AbandonAll();
  void FillSegmentation(const netdev::Offload& offload);
  void TryToAnnounce();
  void Transmitted(netdev::Client& client, void* cookie);
  bool PollTransmit(netdev::Client& client);
  bool PollReceive(netdev::Client& client, std::size_t budget);
  bool ReturnAbandoned(netdev::Client& client);
  std::span<std::byte> Page(std::size_t i) { return buffers_.subspan(i * kPageSize, kPageSize); }
  void Lend(std::size_t i);
  void Post(std::size_t i);
  void PushReceive();
  void Break(const char* what);

  NetTransmitRing& transmit_page_;
  NetReceiveRing& receive_page_;
  const std::span<std::byte> buffers_;
  Doorbell& doorbell_;
  events::Event& event_;
  const std::uint64_t number_;
  const netdev::Properties& properties_;
  Peer peer_ = {};
  State state_ = State::kConnecting;
  bool refused_ = false;    // a frame, since notifications were last enabled
  bool abandoned_ = false;  // some request is
  bool to_announce_ = false;
  std::uint32_t extras_ = 0;  // slots under way that are no requests
  FrontRing<NetTransmitRing, kNetSlots> transmit_;
  FrontRing<NetReceiveRing, kNetSlots> receive_;
  std::uint16_t free_sent_ = kNone;
  std::array<Sent, kNetSlots> sent_ = {};
  std::array<ReceiveBuffer, kMaxBuffers> received_ = {};
};

}  // namespace ashlar::xen
