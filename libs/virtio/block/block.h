// The virtio block driver [virtio-1.2 §5.2]: a blockdev::BlockDevice on any virtio transport.
//
// Blocks go from and to where the caller's buffers lie. The device is not trusted: one that breaks
// its rules is logged, reset, and answers kBroken from then on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/events/events.h"
#include "libs/virtio/virtio.h"

namespace ashlar::virtio {

/// A running disk.
class Block : public blockdev::BlockDevice {
 public:
  /// Resets the device and frees all its memory, this object and its queue included. Requests that
  /// are in flight don't come back.
  virtual void Stop() = 0;

 protected:
  ~Block() = default;
};

/// How much memory the driver takes, and what it asks of the device.
struct BlockOptions {
  std::uint16_t ring = 128;                  ///< descriptors, a power of two; a request takes three
  std::uint32_t max_transfer = 1024 * 1024;  ///< bytes of a read or write
  bool event_index = true;                   ///< notifications and interrupts only where asked for
};

/// Starts the disk behind `transport`, which must live as long as the device does; `event` is what
/// its interrupts note, and must live as long as the image. Memory comes from the page allocator:
/// with the default options 12 KiB. kNotFound: it is no disk; kOutOfMemory; kBroken: the device
/// breaks the specification, kUnsupported: it needs what this driver doesn't have; in all cases it
/// is left in reset. Errors of Transport::StartQueue().
Result<Block*> StartBlock(Transport& transport, events::Event& event,
                          const BlockOptions& options = {});

/// The same with a packed ring. kUnsupported: the device has none.
Result<Block*> StartBlockPacked(Transport& transport, events::Event& event,
                                const BlockOptions& options = {});

}  // namespace ashlar::virtio
