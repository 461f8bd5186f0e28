// What every driver asks of a request before it looks at it.
// SPDX-License-Identifier: Apache-2.0
#include "libs/blockdev/validate.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>

#include "libs/base/units.h"

namespace ashlar::blockdev {
namespace {

bool InRange(const Properties& properties, std::uint64_t first, std::uint64_t count) {
  return count != 0 && first < properties.block_count && count <= properties.block_count - first;
}

bool BufferFits(const Properties& properties, const Request& request) {
  const std::size_t size = request.buffer.size();
  return IsAligned(size, properties.block_size) &&
         IsAligned(reinterpret_cast<std::uintptr_t>(request.buffer.data()),
                   properties.buffer_alignment) &&
         size / properties.block_size <= properties.max_blocks &&
         InRange(properties, request.first_block, size / properties.block_size);
}

}  // namespace

Result<void> Validate(const Properties& properties, const Request& request) {
  const bool changes =
      request.operation == Operation::kWrite || request.operation == Operation::kDiscard;
  if (changes && properties.read_only) {
    return std::unexpected(Error::kPermission);
  }
  bool valid = true;
  switch (request.operation) {
    case Operation::kRead:
    case Operation::kWrite:
      valid = BufferFits(properties, request);
      break;
    case Operation::kFlush:
      break;
    case Operation::kDiscard:
      if (!properties.discard) {
        return std::unexpected(Error::kUnsupported);
      }
      valid = InRange(properties, request.first_block, request.block_count);
      break;
  }
  if (!valid) {
    return std::unexpected(Error::kInvalidArgument);
  }
  return {};
}

bool Sane(const Properties& properties) {
  constexpr std::uint32_t kLeastBlock = 512;
  return std::has_single_bit(properties.block_size) && properties.block_size >= kLeastBlock &&
         properties.block_count <= (std::uint64_t{1} << 63) / properties.block_size &&
         properties.max_blocks >= 1 && std::has_single_bit(properties.buffer_alignment) &&
         properties.buffer_alignment <= properties.block_size && properties.max_requests >= 1;
}

}  // namespace ashlar::blockdev
