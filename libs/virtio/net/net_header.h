// What virtio-net's devices and drivers exchange: feature bits, configuration, the header of each
// frame.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/virtio/virtio.h"

namespace ashlar::virtio::net {

/// Feature bits [virtio-1.2 §5.1.3].
inline constexpr Features kChecksum = Features{1} << 0;
inline constexpr Features kGuestChecksum = Features{1} << 1;
inline constexpr Features kMtu = Features{1} << 3;
inline constexpr Features kMac = Features{1} << 5;
inline constexpr Features kGuestTso4 = Features{1} << 7;
inline constexpr Features kGuestTso6 = Features{1} << 8;
inline constexpr Features kHostTso4 = Features{1} << 11;
inline constexpr Features kHostTso6 = Features{1} << 12;
inline constexpr Features kMergeableBuffers = Features{1} << 15;
inline constexpr Features kStatus = Features{1} << 16;

/// Offsets in the configuration [virtio-1.2 §5.1.4].
inline constexpr std::size_t kConfigMac = 0;
inline constexpr std::size_t kConfigStatus = 6;
inline constexpr std::size_t kConfigMtu = 10;

inline constexpr std::uint16_t kStatusLinkUp = 1;

/// The first queue pair [virtio-1.2 §5.1.2].
inline constexpr std::uint16_t kReceiveQueue = 0;
inline constexpr std::uint16_t kTransmitQueue = 1;

/// What precedes each frame [virtio-1.2 §5.1.6].
struct Header {
  static constexpr std::uint8_t kNeedsChecksum = 1;
  static constexpr std::uint8_t kDataValid = 2;
  static constexpr std::uint8_t kGsoNone = 0;
  static constexpr std::uint8_t kGsoTcp4 = 1;
  static constexpr std::uint8_t kGsoTcp6 = 4;

  std::uint8_t flags = 0;
  std::uint8_t gso_type = 0;
  std::uint16_t header_length = 0;
  std::uint16_t gso_size = 0;
  std::uint16_t checksum_start = 0;
  std::uint16_t checksum_offset = 0;
  std::uint16_t buffers = 0;  // not there on a legacy device without mergeable buffers
};
static_assert(sizeof(Header) == 12 && offsetof(Header, buffers) == 10);
inline constexpr std::size_t kShortHeaderSize = 10;

inline constexpr std::size_t kEthernetHeaderSize = 14;

}  // namespace ashlar::virtio::net
