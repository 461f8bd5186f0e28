// Reading and writing blocks by threads that wait for it.
//
// The device is polled by the event loop (//libs/event_loop) as long as a thread waits; other
// threads run meanwhile.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/event_loop/event_loop.h"
#include "libs/sync/sync.h"

namespace ashlar::blockdev {

/// A queue of a device, for any number of threads. Nobody else may use the queue. Allocates
/// nothing.
class Blocking final : private Client, private event_loop::Poller {
 public:
  /// Uses the first queue of `device`, which must outlive this.
  explicit Blocking(BlockDevice& device);
  /// No thread may be waiting.
  ~Blocking();
  Blocking(const Blocking&) = delete;
  Blocking& operator=(const Blocking&) = delete;

  /// Each returns when it is done, with Submit()'s errors or Completed()'s; the first error of a
  /// long transfer ends it, with some of it done. Lengths are multiples of the block size, of any
  /// number of blocks: they are cut into what the device takes, all of it in flight at once as far
  /// as it can. An empty one does nothing.
  Result<void> Read(std::uint64_t first_block, std::span<std::byte> into);
  Result<void> Write(std::uint64_t first_block, std::span<const std::byte> from);
  Result<void> Flush();
  Result<void> Discard(std::uint64_t first_block, std::uint64_t block_count);

 private:
  struct Transfer;

  Result<void> Cut(Operation operation, std::uint64_t first_block, std::span<std::byte> buffer);
  void Submit(Transfer& transfer, Request request);
  Result<void> Await(Transfer& transfer);
  void WaitForCompletion();

  void Completed(void* cookie, Result<void> result) override;
  bool Poll() override;
  bool PrepareToWait() override;

  BlockDevice& device_;
  Queue& queue_;
  sync::WaitQueue completion_;  // threads that wait for any request to be done
  std::size_t waiting_ = 0;
  bool notified_ = false;  // whether the device raises its event
};

}  // namespace ashlar::blockdev
