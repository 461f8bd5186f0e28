// A block device made of memory: for tests of what is kept on disks, and for disks that need not
// last.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/blockdev/synchronous_disk.h"

namespace ashlar::blockdev {

/// What stands between the queue and the disk.
class Filter {
 public:
  /// Sees each request before it is done. An error is its result, and it is not done.
  virtual Result<void> Pass(const Request& request) = 0;

 protected:
  ~Filter() = default;
};

/// The disk. One queue.
class MemoryDisk final : public SynchronousDisk {
 public:
  struct Options {
    std::uint32_t block_size = 512;
    std::uint32_t max_blocks = 256;
    std::uint32_t buffer_alignment = 1;
    std::uint16_t max_requests = kMaxRequests;  ///< at most that
    bool read_only = false;
    bool discard = true;  ///< discarded blocks read as 0xdd
    Filter* filter = nullptr;
  };

  /// A disk of the whole blocks in `memory`, which must outlive it. Its contents are what was
  /// there.
  MemoryDisk(std::span<std::byte> memory, const Options& options);
  explicit MemoryDisk(std::span<std::byte> memory) : MemoryDisk(memory, Options()) {}

 private:
  Result<void> Do(const Request& request) override;
  std::span<std::byte> Blocks(std::uint64_t first, std::uint64_t count);

  std::span<std::byte> memory_;
  Filter* filter_;
};

}  // namespace ashlar::blockdev
