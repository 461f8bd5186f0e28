// Netfront's part of the handshake [io/netif.h].
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/net/vif.h"

#include <algorithm>
#include <cstddef>
#include <expected>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/log/log.h"
#include "libs/netdev/netdev.h"
#include "libs/xen/abi.h"
#include "libs/xen/net/mac_address.h"
#include "libs/xen/net/net.h"
#include "libs/xen/net/net_queue.h"
#include "libs/xen/peer.h"

namespace ashlar::xen {

Result<void> Vif::Prepare() {
  // The first is how frames come in, the other how they go out from where they lie.
  for (const std::string_view feature : {"feature-rx-copy", "feature-sg"}) {
    if (!device().BackEndHas(feature)) {
      log::Error(kLibrary, "the back end has no ", feature, ", which this driver needs");
      return std::unexpected(Error::kUnsupported);
    }
  }
  const netdev::Properties properties = ASHLAR_TRY(ReadProperties());
  if (front_ == nullptr) {
    return MakeFront(properties);
  }
  // What the stack was told stays true for the device's life.
  const netdev::Properties& then = front_->properties();
  if ((then.transmit_checksum && !properties.transmit_checksum) ||
      (then.tcp4_segmentation && !properties.tcp4_segmentation) ||
      (then.tcp6_segmentation && !properties.tcp6_segmentation)) {
    log::Error(kLibrary, "the new back end does less than the old one did");
    return std::unexpected(Error::kUnsupported);
  }
  return {};
}

Result<netdev::Properties> Vif::ReadProperties() {
  char buffer[24];
  const std::optional<netdev::MacAddress> address =
      ParseMacAddress(ASHLAR_TRY(device().Read("mac", buffer)));
  if (!address) {
    log::Error(kLibrary, "the store's \"mac\" is no address");
    return std::unexpected(Error::kBroken);
  }
  // Of the two the first is there unless it is denied, the other only where it is named. The stack
  // asks for both or for none.
  const bool checksums = !device().BackEndHas("feature-no-csum-offload") &&
                         device().BackEndHas("feature-ipv6-csum-offload");
  return netdev::Properties{
      .mac_address = *address,
      .transmit_checksum = checksums,
      .receive_checksum = true,
      .tcp4_segmentation = checksums && device().BackEndHas("feature-gso-tcpv4"),
      .tcp6_segmentation = checksums && device().BackEndHas("feature-gso-tcpv6"),
      .max_packet = NetQueue::kMaxPacket,
      .max_fragments = NetQueue::kMaxFragments,
  };
}

// Two rings, the driver, and buffers: the more memory the domain has, the longer a burst that is
// not lost.
Result<void> Vif::MakeFront(const netdev::Properties& properties) {
  constexpr std::size_t kRings = sizeof(NetTransmitRing) + sizeof(NetReceiveRing);
  constexpr std::size_t kFixed = kRings + AlignUp(sizeof(NetFront), kPageSize);
  const std::size_t buffers = std::clamp(resources().free_memory() / 16 / kPageSize,
                                         netdev::kMinReceiveBuffers, NetQueue::kMaxBuffers);
  const std::span<std::byte> memory =
      ASHLAR_TRY(resources().AllocatePages(kFixed + buffers * kPageSize));
  front_ = new (&memory[kRings])
      NetFront(properties,
               {
                   .transmit = *reinterpret_cast<NetTransmitRing*>(&memory[0]),
                   .receive = *reinterpret_cast<NetReceiveRing*>(&memory[sizeof(NetTransmitRing)]),
                   .buffers = memory.subspan(kFixed),
                   .doorbell = doorbell(),
                   .event = event(),
                   .number = number(),
               });
  return {};
}

Result<void> Vif::Share(const Peer& peer) {
  const NetQueue::Rings rings = ASHLAR_TRY(front_->queue().Share(peer));
  ASHLAR_TRY(device().Write("tx-ring-ref", rings.transmit));
  ASHLAR_TRY(device().Write("rx-ring-ref", rings.receive));
  ASHLAR_TRY(device().Write("request-rx-copy", 1));
  ASHLAR_TRY(device().Write("feature-rx-notify", 1));
  return device().Write("feature-ipv6-csum-offload", 1);
}

Result<void> Vif::Complete() {
  front_->queue().Connect();
  if (std::exchange(was_connected_, true)) {
    front_->queue().Announce();
  }
  return {};
}

}  // namespace ashlar::xen
