// The virtio network driver [virtio-1.2 §5.1]: a netdev::NetDevice on any virtio transport.
//
// Frames go out from where they lie and are lent to the stack where they arrived. The device is not
// trusted: one that breaks its rules is logged, reset, and answers kBroken from then on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/netdev/netdev.h"
#include "libs/virtio/virtio.h"

namespace ashlar::virtio {

/// A running network device.
class Net : public netdev::NetDevice {
 public:
  /// Resets the device and frees all its memory, this object and its queues included. Lent buffers
  /// must have been released; cookies that are still out don't come back.
  virtual void Stop() = 0;

 protected:
  ~Net() = default;
};

/// How much memory the driver takes, and what it asks of the device. What the device doesn't have
/// is left out.
struct NetOptions {
  std::uint16_t receive_buffers = 64;  ///< a power of two; lowered to what the device's ring holds
  std::uint16_t transmit_ring =
      128;  ///< descriptors, a power of two; a frame takes one and one a fragment
  std::uint32_t buffer_size =
      1536;  ///< bytes of a receive buffer; raised to a frame's where it must hold one
  bool checksum_offload = true;      ///< both ways
  bool segmentation_offload = true;  ///< of what is sent
  bool large_receive =
      false;                ///< frames up to 64 KiB, over several buffers, as the device joins them
  bool event_index = true;  ///< notifications and interrupts only where asked for
  netdev::MacAddress mac_address = {0x02, 0, 0, 0, 0, 0x01};  ///< of a device that has none
};

/// Starts the network device behind `transport`, which must live as long as the device does;
/// `event` is what its interrupts note, and must live as long as the image. Memory comes from the
/// page allocator: with the default options 112 KiB, most of it receive buffers. kNotFound: it is
/// no network device; kOutOfMemory; kBroken: the device breaks the specification, kUnsupported: it
/// needs what this driver doesn't have; in all cases it is left in reset. Errors of
/// Transport::StartQueue().
Result<Net*> StartNet(Transport& transport, events::Event& event, const NetOptions& options = {});

/// The same with packed rings. kUnsupported: the device has none.
Result<Net*> StartNetPacked(Transport& transport, events::Event& event,
                            const NetOptions& options = {});

}  // namespace ashlar::virtio
