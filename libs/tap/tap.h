// A Linux tap device, or a packet socket, as a network device: frames by readv and writev,
// checksums and segmentation left to the host.
//
// Both directions carry a virtio-net header, so that large TCP frames and unfinished checksums
// cross in one piece, as they do on virtio.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/ring_buffer.h"
#include "libs/base/units.h"
#include "libs/events/events.h"
#include "libs/linux/abi.h"
#include "libs/netdev/netdev.h"

namespace ashlar::tap {

/// A tap or packet socket, opened and set up.
struct Attachment {
  int fd;
  netdev::MacAddress mac_address;  ///< the image's, derived from the host's end
  std::uint16_t mtu = 1500;
  bool receive_checksum = false;  ///< the host may send unfinished checksums and large frames

  bool operator==(const Attachment&) const = default;
};

/// Attaches to the tap `name`, and creates it if the process may. kPermission: neither
/// CAP_NET_ADMIN nor the tap's owner; kExists: another process has it; kNotFound: no /dev/net/tun;
/// kUnsupported: no virtio-net headers.
Result<Attachment> Open(std::string_view name);

/// Takes a tap that the parent process opened, with IFF_VNET_HDR. kInvalidArgument: `fd` is no tap;
/// kUnsupported: it was opened without the header.
Result<Attachment> Adopt(int fd);

/// Opens a packet socket on the host's interface `name`, and makes the interface promiscuous: the
/// image is one more station on its wire, unseen by the host itself. kPermission: no CAP_NET_RAW;
/// kNotFound: no such interface; kUnsupported: no virtio-net headers.
Result<Attachment> OpenPacketSocket(std::string_view name);

/// The device, with one queue. Lives as long as the image: its event is listened to.
class Tap final : public netdev::NetDevice, private netdev::Queue {
 public:
  static constexpr std::size_t kBufferSize = 2 * kKiB;
  static constexpr std::size_t kBufferCount = 256;
  /// What the constructor wants: memory for the received frames.
  static constexpr std::size_t kMemorySize = kBufferSize * kBufferCount;

  /// `memory` is kMemorySize bytes that stay with the device. Starts nothing: see Listen().
  Tap(const Attachment& attachment, std::span<std::byte> memory);
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  /// Has arriving frames wake the CPU. As events::Listen.
  Result<void> Listen() { return events::Listen(static_cast<std::uint32_t>(fd_), event_); }

  const netdev::Properties& properties() const override { return properties_; }
  std::span<netdev::Queue* const> queues() override { return queues_; }
  bool link_up() const override { return !broken_; }

 private:
  // The largest frame that the stack can take, and the buffers it fills.
  static constexpr std::size_t kSlots = 64 * kKiB / kBufferSize;
  static constexpr std::size_t kMaxFragments = 64;
  static constexpr std::size_t kMaxTransmitted = 256;
  // Puts the IP header behind the Ethernet header on a multiple of four.
  static constexpr std::size_t kPadding = 2;

  Result<void> Transmit(std::span<const netdev::Fragment> fragments, const netdev::Offload& offload,
                        void* cookie) override;
  void Flush() override {}  // Transmit has handed the frame to the host.
  bool Poll(netdev::Client& client, std::size_t budget) override;
  void Release(netdev::Buffer& buffer) override;
  // The descriptor wakes as long as it is readable.
  bool EnableNotifications() override { return transmitted_.empty(); }
  void DisableNotifications() override {}

  bool Receive(netdev::Client& client);
  void Fill(std::size_t slot);
  std::span<std::byte> Room(std::size_t slot) const;
  void Break();

  int fd_;
  bool broken_ = false;
  events::Event event_;
  netdev::Properties properties_;
  std::array<netdev::Queue*, 1> queues_ = {this};

  std::span<std::byte> memory_;
  std::array<netdev::Buffer, kBufferCount> buffers_ = {};
  // Buffers that neither the stack nor a slot holds.
  std::array<std::uint16_t, kBufferCount> free_ = {};
  std::size_t free_count_ = 0;
  // What the next frame is read into, always whole: a header, then a buffer for each slot.
  linux::VnetHeader header_ = {};
  std::array<linux::IoVector, 1 + kSlots> vectors_ = {};
  std::array<std::uint16_t, kSlots> slots_ = {};
  // Frames that the host has taken and the stack hasn't been told of.
  RingBuffer<void*, kMaxTransmitted> transmitted_;
};

}  // namespace ashlar::tap
