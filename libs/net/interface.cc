// One network interface. Received frames stay in the driver's buffers, as custom pbufs, until
// whoever got them is done; frames to send go out as fragments of their pbufs, by reference, with
// the device's checksum and segmentation.
// SPDX-License-Identifier: Apache-2.0

#include "libs/net/interface.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

#include "libs/base/check.h"
#include "libs/net/block_pool.h"
#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/prot/ethernet.h"
#include "lwip/prot/tcp.h"
#include "netif/ethernet.h"

namespace ashlar::net {
namespace {

// Frames handed to lwIP before the other pollers get their turn.
constexpr std::size_t kPollBudget = 64;
// While lwIP and the sockets hold this many received buffers, further frames are copied, so that
// the driver never runs out of buffers to receive with. Small frames, which are mostly
// acknowledgements and make room, still pass by reference when there is no memory for a copy, up to
// the second number.
constexpr std::size_t kMaxHeld = 40;
constexpr std::size_t kMaxHeldSmall = 52;
static_assert(kMaxHeldSmall + 12 <= netdev::kMinReceiveBuffers);
constexpr std::size_t kSmallFrame = 90;
// Told to the device without waiting for the event loop.
constexpr std::size_t kFlushThreshold = 32;
constexpr std::size_t kMaxFragments = 20;

constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::uint16_t kTcpChecksumOffset = 16;

struct ReceivedPbuf {
  pbuf_custom custom;
  Interface* interface;
  netdev::Buffer* buffer;
};

// Bounded by kMaxHeldSmall buffers' fragments; must work when the budget is used up, or no
// acknowledgement got through.
constinit BlockPool received_pool{sizeof(ReceivedPbuf), /*reserved=*/true};

constinit std::uint8_t next_index = 0;

}  // namespace

void Interface::Attach(netdev::NetDevice& device) {
  ASHLAR_CHECK(device_ == nullptr);
  device_ = &device;
  queue_ = device.queues()[0];
  const netif* added = netif_add_noaddr(&netif_, this, &Interface::Initialize, &ethernet_input);
  ASHLAR_CHECK(added != nullptr);
  netif_create_ip6_linklocal_address(&netif_, 1);
  netif_set_ip6_autoconfig_enabled(&netif_, 1);
  netif_set_up(&netif_);
  CheckLink();
  event_loop::Add(*this);
}

err_t Interface::Initialize(netif* interface) {
  auto& self = *static_cast<Interface*>(interface->state);
  const netdev::Properties& properties = self.device_->properties();
  interface->name[0] = 'e';
  interface->name[1] = 'n';
  interface->num = next_index++;
  interface->hwaddr_len = ETH_HWADDR_LEN;
  std::ranges::copy(properties.mac_address, interface->hwaddr);
  interface->mtu = properties.mtu;
  interface->mtu6 = properties.mtu;
  interface->flags =
      NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_MLD6;
  interface->output = &etharp_output;
  interface->output_ip6 = &ethip6_output;
  interface->linkoutput = &Interface::Output;
  unsigned int checksums = NETIF_CHECKSUM_ENABLE_ALL;
  if (properties.transmit_checksum) {
    checksums &= ~static_cast<unsigned int>(NETIF_CHECKSUM_GEN_TCP);
    const std::size_t max_segment = properties.max_packet - std::size_t{TCP_HLEN};
    interface->gso4_max = properties.tcp4_segmentation ? max_segment - kIpv4Header : 0;
    interface->gso6_max = properties.tcp6_segmentation ? max_segment - kIpv6Header : 0;
  }
  NETIF_SET_CHECKSUM_CTRL(interface, static_cast<std::uint16_t>(checksums));
  return ERR_OK;
}

void Interface::CheckLink() {
  if (device_->link_up() != (netif_is_link_up(&netif_) != 0)) {
    if (device_->link_up()) {
      netif_set_link_up(&netif_);
    } else {
      netif_set_link_down(&netif_);
    }
  }
}

InterfaceStatus Interface::Describe() const {
  InterfaceStatus status = {
      .mac_address = device_->properties().mac_address,
      .link_up = device_->link_up(),
      .ipv4_address = std::bit_cast<std::array<std::uint8_t, 4>>(netif_ip4_addr(&netif_)->addr),
      .ipv4_prefix = static_cast<std::uint8_t>(std::popcount(netif_ip4_netmask(&netif_)->addr)),
      .ipv4_gateway = std::bit_cast<std::array<std::uint8_t, 4>>(netif_ip4_gw(&netif_)->addr),
      .ipv6_addresses = {},
      .received_frames = received_frames_,
      .received_bytes = received_bytes_,
      .dropped_frames = dropped_frames_,
      .sent_frames = sent_frames_,
      .sent_bytes = sent_bytes_,
  };
  static_assert(LWIP_IPV6_NUM_ADDRESSES == 3);
  for (std::size_t i = 0; i < status.ipv6_addresses.size(); ++i) {
    if (ip6_addr_isvalid(netif_ip6_addr_state(&netif_, static_cast<s8_t>(i)))) {
      std::memcpy(status.ipv6_addresses[i].data(),
                  netif_ip6_addr(&netif_, static_cast<s8_t>(i))->addr, 16);
    }
  }
  return status;
}

// --- Receiving

bool Interface::Poll() {
  if (notifications_) {
    queue_->DisableNotifications();
    notifications_ = false;
  }
  // Frames that the device is done with are no news to anybody, unless some wait for its ring.
  const std::uint64_t before = received_frames_;
  const bool any = queue_->Poll(*this, kPollBudget);
  bool busy = received_frames_ != before;
  if (starved_ && any) {
    starved_ = false;
    tcp_txnow();
    busy = true;
  }
  if (netif_.loop_first != nullptr) {
    netif_poll(&netif_);
    busy = true;
  }
  Flush();
  return busy;
}

bool Interface::PrepareToWait() {
  Flush();
  notifications_ = true;
  return queue_->EnableNotifications();
}

void Interface::Received(netdev::Buffer& first, std::size_t frame_size, bool checksum_verified) {
  ++received_frames_;
  received_bytes_ += frame_size;
  pbuf* frame = nullptr;
  if (frame_size >= kEthernetHeader && frame_size <= 0xffff) [[likely]] {
    if (held_ < kMaxHeld) [[likely]] {
      frame = Wrap(first, frame_size);
    } else {
      frame = Copy(first, frame_size);
      if (frame == nullptr && frame_size <= kSmallFrame && held_ < kMaxHeldSmall) {
        frame = Wrap(first, frame_size);
      }
    }
  } else {
    ReleaseAll(&first);
  }
  if (frame == nullptr) [[unlikely]] {
    ++dropped_frames_;
    return;
  }
  if (checksum_verified) {
    frame->flags |= PBUF_FLAG_CHECKSUM_OFFLOADED;
  }
  if (netif_.input(frame, &netif_) != ERR_OK) {
    ++dropped_frames_;
    pbuf_free(frame);
  }
}

// The frame where it lies. nullptr: no memory, the buffers are released.
pbuf* Interface::Wrap(netdev::Buffer& first, std::size_t frame_size) {
  pbuf* head = nullptr;
  pbuf* tail = nullptr;
  netdev::Buffer* buffer = &first;
  std::size_t left = frame_size;
  while (buffer != nullptr) {
    void* block = received_pool.Allocate();
    if (block == nullptr) {
      ReleaseAll(buffer);
      if (head != nullptr) {
        pbuf_free(head);
      }
      return nullptr;
    }
    auto* received = ::new (block)
        ReceivedPbuf{.custom = {.pbuf = {}, .custom_free_function = &Interface::FreeReceived},
                     .interface = this,
                     .buffer = buffer};
    netdev::Buffer* next = buffer->next;
    pbuf& part = received->custom.pbuf;
    const std::size_t size = std::min(buffer->bytes.size(), left);
    part.payload = buffer->bytes.data();
    part.tot_len = static_cast<u16_t>(left);
    part.len = static_cast<u16_t>(size);
    part.type_internal = static_cast<u8_t>(PBUF_REF);
    part.flags = PBUF_FLAG_IS_CUSTOM;
    part.ref = 1;
    part.if_idx = NETIF_NO_INDEX;
    left -= size;
    ++held_;
    if (tail != nullptr) {
      tail->next = &part;
    } else {
      head = &part;
    }
    tail = &part;
    buffer = next;
  }
  if (left != 0) [[unlikely]] {  // the driver announced more than it gave
    pbuf_free(head);
    return nullptr;
  }
  return head;
}

// The frame in memory of our own; the driver gets its buffers back. nullptr: no memory, and if the
// frame is small the buffers are still ours.
pbuf* Interface::Copy(const netdev::Buffer& first, std::size_t frame_size) {
  pbuf* copy = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(frame_size), PBUF_RAM);
  if (copy == nullptr) {
    if (frame_size > kSmallFrame || held_ >= kMaxHeldSmall) {
      ReleaseAll(const_cast<netdev::Buffer*>(&first));
    }
    return nullptr;
  }
  auto* to = static_cast<std::byte*>(copy->payload);
  std::size_t left = frame_size;
  for (const netdev::Buffer* buffer = &first; buffer != nullptr; buffer = buffer->next) {
    const std::size_t size = std::min(buffer->bytes.size(), left);
    std::memcpy(to, buffer->bytes.data(), size);
    to += size;
    left -= size;
  }
  ReleaseAll(const_cast<netdev::Buffer*>(&first));
  if (left != 0) [[unlikely]] {
    pbuf_free(copy);
    return nullptr;
  }
  return copy;
}

void Interface::ReleaseAll(netdev::Buffer* buffer) {
  while (buffer != nullptr) {
    netdev::Buffer* next = buffer->next;
    queue_->Release(*buffer);
    buffer = next;
  }
}

void Interface::FreeReceived(pbuf* buffer) {
  auto* received = reinterpret_cast<ReceivedPbuf*>(buffer);
  Interface& self = *received->interface;
  --self.held_;
  self.queue_->Release(*received->buffer);
  BlockPool::Free(received);
}

// --- Sending

err_t Interface::Output(netif* interface, pbuf* frame) {
  return static_cast<Interface*>(interface->state)->Send(frame);
}

err_t Interface::Send(pbuf* frame) {
  // Not an array of them, which would be cleared for each frame: most have one or two.
  alignas(netdev::Fragment) std::byte storage[kMaxFragments * sizeof(netdev::Fragment)];
  auto* const fragments = reinterpret_cast<netdev::Fragment*>(storage);
  const std::size_t max_fragments = std::min<std::size_t>(
      kMaxFragments, std::max<std::size_t>(device_->properties().max_fragments, 1));
  std::size_t count = 0;
  for (const pbuf* part = frame; part != nullptr; part = part->next) {
    if (part->len == 0) {
      continue;
    }
    if (count == max_fragments) [[unlikely]] {
      pbuf* whole = pbuf_clone(PBUF_RAW, PBUF_RAM, frame);
      if (whole == nullptr) {
        return ERR_MEM;
      }
      whole->flags |= frame->flags & PBUF_FLAG_CHECKSUM_OFFLOADED;
      whole->segment_size = frame->segment_size;
      const err_t result = Send(whole);
      pbuf_free(whole);
      return result;
    }
    ::new (&fragments[count++])
        netdev::Fragment(static_cast<const std::byte*>(part->payload), part->len);
  }

  netdev::Offload offload;
  if ((frame->flags & PBUF_FLAG_CHECKSUM_OFFLOADED) != 0) {
    // The headers are in the first pbuf, and TCP's packets have neither IPv4 options nor IPv6
    // extension headers.
    const auto* header = static_cast<const std::uint8_t*>(frame->payload);
    const bool ipv6 = header[12] == (ETHTYPE_IPV6 >> 8);
    const std::size_t start = kEthernetHeader + (ipv6 ? kIpv6Header : kIpv4Header);
    offload.checksum = true;
    offload.checksum_start = static_cast<std::uint16_t>(start);
    offload.checksum_offset = kTcpChecksumOffset;
    if (frame->segment_size != 0) {
      using enum netdev::Offload::Segmentation;
      offload.segmentation = ipv6 ? kTcp6 : kTcp4;
      offload.segment_size = frame->segment_size;
      offload.header_size = static_cast<std::uint16_t>(start + (header[start + 12] >> 4) * 4u);
    }
  }

  pbuf_ref(frame);
  const auto queued = queue_->Transmit({fragments, count}, offload, frame);
  if (!queued) [[unlikely]] {
    pbuf_free(frame);
    if (queued.error() == Error::kWouldBlock) {
      starved_ = true;
      return ERR_MEM;
    }
    return ERR_IF;
  }
  ++sent_frames_;
  sent_bytes_ += frame->tot_len;
  if (++unflushed_ >= kFlushThreshold) {
    Flush();
  }
  return ERR_OK;
}

void Interface::Transmitted(void* cookie) { pbuf_free(static_cast<pbuf*>(cookie)); }

void Interface::Flush() {
  if (unflushed_ != 0) {
    unflushed_ = 0;
    queue_->Flush();
  }
}

}  // namespace ashlar::net
