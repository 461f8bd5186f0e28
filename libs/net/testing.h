// For tests: a network device whose other end is the test itself, and the packets to talk to it
// with.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "libs/netdev/netdev.h"

namespace ashlar::net::testing {

using Bytes = std::vector<std::byte>;

/// A device that keeps what is sent, and receives what it is told to.
class FakeDevice final : public netdev::NetDevice, private netdev::Queue {
 public:
  struct Sent {
    Bytes frame;
    netdev::Offload offload;
  };

  explicit FakeDevice(const netdev::Properties& properties) : properties_(properties) {}
  ~FakeDevice();

  /// Frames that were sent and not looked at yet.
  std::deque<Sent> sent;
  /// So many frames may wait for Poll() until Transmit says kWouldBlock.
  std::size_t capacity = 256;
  /// Received buffers that the stack has not released.
  std::size_t lent = 0;

  /// Has `frame` arrive at the next Poll(), in buffers of `buffer_size` bytes.
  void Inject(Bytes frame, bool checksum_verified = false, std::size_t buffer_size = 2048);

  const netdev::Properties& properties() const override { return properties_; }
  std::span<netdev::Queue* const> queues() override { return queues_; }
  bool link_up() const override { return true; }

 private:
  struct Lent;
  struct Arrival {
    Lent* first;
    std::size_t size;
    bool verified;
  };

  Result<void> Transmit(std::span<const netdev::Fragment> fragments, const netdev::Offload& offload,
                        void* cookie) override;
  void Flush() override {}
  bool Poll(netdev::Client& client, std::size_t budget) override;
  void Release(netdev::Buffer& buffer) override;
  bool EnableNotifications() override { return arrivals_.empty() && cookies_.empty(); }
  void DisableNotifications() override {}

  netdev::Properties properties_;
  std::array<netdev::Queue*, 1> queues_ = {this};
  std::deque<Arrival> arrivals_;
  std::deque<void*> cookies_;
};

enum TcpFlags : std::uint8_t { kFin = 1, kSyn = 2, kReset = 4, kPush = 8, kAck = 16 };

inline constexpr netdev::MacAddress kOurMac = {0x02, 0, 0, 0, 0, 1};
inline constexpr netdev::MacAddress kPeerMac = {0x02, 0, 0, 0, 0, 2};
inline constexpr std::uint32_t kOurAddress = 0x0a00'0001;   // 10.0.0.1
inline constexpr std::uint32_t kPeerAddress = 0x0a00'0002;  // 10.0.0.2

/// A TCP segment over IPv4 and Ethernet, as the peer sends it or as it was sent to it.
struct Segment {
  std::uint32_t source = kPeerAddress;
  std::uint32_t destination = kOurAddress;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint8_t flags = 0;
  std::uint16_t window = 0xffff;
  Bytes options = {};
  Bytes payload = {};

  bool Has(unsigned bits) const { return (flags & bits) == bits; }
  /// The sequence numbers it takes.
  std::uint32_t length() const {
    return static_cast<std::uint32_t>(payload.size()) + (Has(kSyn) ? 1 : 0) + (Has(kFin) ? 1 : 0);
  }
};

/// The frame of a segment, with right checksums.
Bytes Frame(const Segment& segment);
/// The segment in a frame; nothing if it is another protocol or cut short. `checksum_ok` says
/// whether its checksums are right, the TCP one with what `offload` leaves to the device.
std::optional<Segment> Parse(const FakeDevice::Sent& sent, bool* checksum_ok = nullptr);

/// What a device that offers it makes of a large frame: segments of at most the wire's size.
std::vector<Segment> Cut(const FakeDevice::Sent& sent);

/// An IPv4 packet in a frame, from the peer to us.
Bytes Ipv4Frame(std::uint8_t protocol, std::span<const std::byte> payload);
/// An ARP request by the peer for our address: the stack knows the peer then.
Bytes ArpRequest();

Bytes ToBytes(std::initializer_list<int> values);

}  // namespace ashlar::net::testing
