// What virtio-blk's devices and drivers exchange: feature bits, configuration, requests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/virtio/virtio.h"

namespace ashlar::virtio::block {

/// Feature bits [virtio-1.2 §5.2.3].
inline constexpr Features kSizeMax = Features{1} << 1;
inline constexpr Features kReadOnly = Features{1} << 5;
inline constexpr Features kBlockSize = Features{1} << 6;
inline constexpr Features kFlush = Features{1} << 9;
inline constexpr Features kDiscard = Features{1} << 13;

/// Offsets in the configuration [virtio-1.2 §5.2.4].
inline constexpr std::size_t kConfigCapacity = 0;  ///< 64 bits, sectors
inline constexpr std::size_t kConfigSizeMax = 8;
inline constexpr std::size_t kConfigBlockSize = 20;
inline constexpr std::size_t kConfigMaxDiscard = 36;  ///< sectors

/// The unit of the protocol, whatever the block size.
inline constexpr std::uint32_t kSectorSize = 512;

inline constexpr std::uint16_t kRequestQueue = 0;

/// What begins each request; its data follow, then a byte that the device writes [virtio-1.2
/// §5.2.6].
struct Header {
  static constexpr std::uint32_t kRead = 0;
  static constexpr std::uint32_t kWrite = 1;
  static constexpr std::uint32_t kFlush = 4;
  static constexpr std::uint32_t kDiscard = 11;

  std::uint32_t type = 0;
  std::uint32_t reserved = 0;
  std::uint64_t sector = 0;
};
static_assert(sizeof(Header) == 16 && offsetof(Header, sector) == 8);

/// The data of a discard.
struct DiscardRange {
  std::uint64_t sector = 0;
  std::uint32_t sector_count = 0;
  std::uint32_t flags = 0;
};
static_assert(sizeof(DiscardRange) == 16);

/// What the device writes.
inline constexpr std::uint8_t kStatusOk = 0;
inline constexpr std::uint8_t kStatusError = 1;
inline constexpr std::uint8_t kStatusUnsupported = 2;

}  // namespace ashlar::virtio::block
