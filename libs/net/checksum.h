// The Internet checksum in software, for devices that don't offer it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ashlar::net {

/// The ones-complement sum of the bytes taken as 16-bit words in memory order [RFC 1071], not
/// complemented; an odd last byte is padded with zero. Any alignment. Cost: some 1.4 instructions
/// for each 8 bytes.
std::uint16_t Checksum(std::span<const std::byte> bytes);

}  // namespace ashlar::net
