// Block devices: numbered blocks of one size, read and written by reference.
//
// The interface between drivers (//libs/nvme, //libs/virtio/block) and those who keep something on
// a disk. It speaks of blocks and buffers, never of partitions or files.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/clock/clock.h"

namespace ashlar::blockdev {

/// What the device is. Constant for a device's life.
struct Properties {
  std::uint32_t block_size = 512;      ///< bytes: a power of two, at least 512
  std::uint64_t block_count = 0;       ///< blocks 0..block_count - 1; block_count * block_size fits
  std::uint32_t max_blocks = 1;        ///< of one read or write; at least 1
  std::uint32_t buffer_alignment = 1;  ///< of buffers, bytes: a power of two, at most block_size
  std::uint16_t max_requests = 1;      ///< that the device has at once; more are kWouldBlock
  bool read_only = false;              ///< writes and discards are kPermission
  bool write_cache = false;  ///< what was written may be lost with the power until a kFlush
  bool discard = false;      ///< kDiscard works; else it is kUnsupported
};

enum class Operation : std::uint8_t {
  kRead,
  kWrite,
  /// What was written is on the medium: all writes that were Completed() before this was submitted.
  /// Done at once where there is no write cache.
  kFlush,
  /// Nobody needs these blocks' contents any more: they may read as anything from now on.
  kDiscard,
};

/// One thing that a device is to do.
struct Request {
  Operation operation = Operation::kRead;
  std::uint64_t first_block = 0;  ///< nothing to kFlush
  /// kRead, kWrite: 1..max_blocks whole blocks, aligned to buffer_alignment, in memory that devices
  /// can reach: any RAM of the image. The device alone may touch them until Completed(); of a
  /// kWrite it only reads them.
  std::span<std::byte> buffer = {};
  std::uint64_t block_count = 0;  ///< kDiscard: how many, at least 1
  void* cookie = nullptr;         ///< the caller's name for it
};

/// What is told to the owner of a queue. Called from Queue::Poll() only.
class Client {
 public:
  /// The request with this cookie is done; the device no longer touches its buffer. Errors:
  /// kInputOutput: the device could not do this one; after a read the buffer holds anything, after
  /// a write the blocks do. kUnsupported: after a discard, which the device says it has but does
  /// not do. kBroken: the device is out of use, whether the request was done is not known.
  virtual void Completed(void* cookie, Result<void> result) = 0;

 protected:
  ~Client() = default;
};

/// A way to the device. A CPU or thread has its own; there are no locks.
///
/// Requests are done in any order, also those in flight for the same blocks: whoever needs an order
/// waits for Completed() before the next Submit(), and for that of a kFlush where it has to outlast
/// a loss of power.
class Queue {
 public:
  /// Takes one request; nothing of `request` is kept but where its buffer lies. kWouldBlock:
  /// max_requests are in flight, try after a Completed(); kInvalidArgument, kPermission,
  /// kUnsupported: it breaks what Properties say; kBroken: the device is out of use.
  virtual Result<void> Submit(const Request& request) = 0;
  /// Tells the device of what was submitted since the last Notify: once a batch.
  virtual void Notify() = 0;
  /// Hands what is done to `client`, which may Submit() and Notify(). True if there was anything.
  virtual bool Poll(Client& client) = 0;
  /// Has the device raise its event at the next completion. False if one came meanwhile: poll
  /// again.
  virtual bool EnableNotifications() = 0;
  /// Polling from now on: no event needed.
  virtual void DisableNotifications() = 0;
  /// When Poll() has to be called at the latest, event or not: by then the oldest request has taken
  /// so long that the device counts as broken. clock::kNever with none in flight, and where a
  /// device may take any time.
  virtual clock::Instant deadline() const = 0;

 protected:
  ~Queue() = default;
};

/// A block device.
class BlockDevice {
 public:
  virtual const Properties& properties() const = 0;
  /// At least one.
  virtual std::span<Queue* const> queues() = 0;

 protected:
  ~BlockDevice() = default;
};

/// The machine's devices, in bus order, the same on every call; the first call looks for them. A
/// facade: the backend is the set of drivers that the platform has. Devices that fail to start are
/// logged and left out.
std::span<BlockDevice* const> Devices();

}  // namespace ashlar::blockdev
