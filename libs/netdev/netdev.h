// Network devices: frames out, frames in, buffers passed by reference.
//
// The interface between drivers (//libs/virtio/net, //libs/tap) and network stacks (//libs/net). It
// speaks of Ethernet frames and buffers, never of IP.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/events/events.h"

namespace ashlar::netdev {

using MacAddress = std::array<std::uint8_t, 6>;

/// What the device offers. Constant for a device's life.
struct Properties {
  MacAddress mac_address = {};
  std::uint16_t mtu = 1500;        ///< largest payload of a frame, bytes
  bool transmit_checksum = false;  ///< fills in a checksum on request (Offload::checksum)
  bool receive_checksum = false;   ///< may deliver frames with Received::checksum_verified
  bool tcp4_segmentation = false;  ///< cuts large TCP/IPv4 frames (Offload::segment_size)
  bool tcp6_segmentation = false;
  std::uint16_t max_packet = 0xffff;  ///< largest IP packet that it cuts, bytes
  std::uint16_t max_fragments = 1;    ///< of one frame
};

/// Receive buffers that a set of drivers gives each of its queues at least. A stack may keep a
/// dozen fewer than that for as long as it likes; one that keeps all receives nothing more.
inline constexpr std::size_t kMinReceiveBuffers = 64;

/// One stretch of memory that a frame's bytes lie in. Must be memory that devices can reach: any
/// RAM of the image.
using Fragment = std::span<const std::byte>;

/// What the device is to do to a frame before it goes out.
struct Offload {
  bool checksum = false;  ///< ones-complement sum from checksum_start to the end, stored at +offset
  std::uint16_t checksum_start = 0;   ///< bytes from the frame's first; the field already holds the
  std::uint16_t checksum_offset = 0;  ///< pseudo-header's sum
  enum class Segmentation : std::uint8_t { kNone, kTcp4, kTcp6 } segmentation = Segmentation::kNone;
  std::uint16_t segment_size = 0;  ///< payload bytes of each resulting frame
  std::uint16_t header_size = 0;   ///< bytes of Ethernet, IP and TCP headers together
};

/// A received frame, or one buffer of it: the driver's memory, lent to the stack until Release().
struct Buffer {
  std::span<std::byte> bytes;  ///< what arrived in this buffer; writable
  Buffer* next = nullptr;      ///< the rest of the frame, where it spans several buffers
  void* owner = nullptr;       ///< for the stack's own use while it holds the buffer
};

/// What the stack is told. Called from Queue::Poll() only.
class Client {
 public:
  /// A frame arrived. The stack owns the chain from `first` on until it calls Release() on each
  /// buffer.
  virtual void Received(Buffer& first, std::size_t frame_size, bool checksum_verified) = 0;
  /// The device no longer reads the fragments of the Transmit() with this cookie.
  virtual void Transmitted(void* cookie) = 0;

 protected:
  ~Client() = default;
};

/// One pair of rings. A CPU or thread has its own; there are no locks.
class Queue {
 public:
  /// Queues one frame; its fragments must stay as they are until Transmitted(cookie). Fragments are
  /// not copied. kWouldBlock: the ring is full, try after a Transmitted; kInvalidArgument: too many
  /// fragments, too long, or an offload the device doesn't have; kBroken: the device broke its
  /// rules and is out of use.
  virtual Result<void> Transmit(std::span<const Fragment> fragments, const Offload& offload,
                                void* cookie) = 0;
  /// Tells the device of what was queued since the last Flush: one notification a batch, none while
  /// it polls.
  virtual void Flush() = 0;
  /// Hands finished transmissions and up to `budget` received frames to `client`. True if there
  /// were any.
  virtual bool Poll(Client& client, std::size_t budget) = 0;
  /// Takes a received buffer back, in any order.
  virtual void Release(Buffer& buffer) = 0;
  /// Has the device raise its event at the next frame. False if one came meanwhile: poll again.
  virtual bool EnableNotifications() = 0;
  /// Polling from now on: no event needed.
  virtual void DisableNotifications() = 0;

 protected:
  ~Queue() = default;
};

/// A network device.
class NetDevice {
 public:
  virtual const Properties& properties() const = 0;
  /// At least one.
  virtual std::span<Queue* const> queues() = 0;
  /// Whether there is carrier. A device that can't tell says yes.
  virtual bool link_up() const = 0;

 protected:
  ~NetDevice() = default;
};

/// The machine's devices, in bus order, the same on every call; the first call looks for them. A
/// facade: the backend is the set of drivers that the platform has. Devices that fail to start are
/// logged and left out.
std::span<NetDevice* const> Devices();

}  // namespace ashlar::netdev
