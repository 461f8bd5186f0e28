// A block device made of memory.
// SPDX-License-Identifier: Apache-2.0
#include "libs/blockdev/memory_disk.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/blockdev/synchronous_disk.h"

namespace ashlar::blockdev {

MemoryDisk::MemoryDisk(std::span<std::byte> memory, const Options& options)
    : SynchronousDisk({.block_size = options.block_size,
                       .block_count = memory.size() / options.block_size,
                       .max_blocks = options.max_blocks,
                       .buffer_alignment = options.buffer_alignment,
                       .max_requests = options.max_requests,
                       .read_only = options.read_only,
                       .discard = options.discard}),
      memory_(memory),
      filter_(options.filter) {}

Result<void> MemoryDisk::Do(const Request& request) {
  if (filter_ != nullptr) {
    ASHLAR_TRY(filter_->Pass(request));
  }
  const std::span<std::byte> buffer = request.buffer;
  const std::uint64_t count = buffer.size() / properties().block_size;
  switch (request.operation) {
    case Operation::kRead:
      std::ranges::copy(Blocks(request.first_block, count), buffer.begin());
      break;
    case Operation::kWrite:
      std::ranges::copy(buffer, Blocks(request.first_block, count).begin());
      break;
    case Operation::kFlush:
      break;
    case Operation::kDiscard:
      std::ranges::fill(Blocks(request.first_block, request.block_count), std::byte{0xdd});
      break;
  }
  return {};
}

std::span<std::byte> MemoryDisk::Blocks(std::uint64_t first, std::uint64_t count) {
  return memory_.subspan(static_cast<std::size_t>(first) * properties().block_size,
                         static_cast<std::size_t>(count) * properties().block_size);
}

}  // namespace ashlar::blockdev
