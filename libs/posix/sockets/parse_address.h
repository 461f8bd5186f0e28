// Addresses as text, strictly: what one program takes for an address is what all take for it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ashlar::posix {

/// The bytes of an address, in network order.
using Ipv4Bytes = std::array<std::uint8_t, 4>;
using Ipv6Bytes = std::array<std::uint8_t, 16>;

/// Four decimal numbers of up to three digits, no zeros before them, and nothing else.
std::optional<Ipv4Bytes> ParseIpv4(std::string_view text);

/// Groups of up to four hexadecimal digits, "::" once for groups of zeros, and perhaps an IPv4
/// address as above for the last two [RFC4291 §2.2]; nothing else.
std::optional<Ipv6Bytes> ParseIpv6(std::string_view text);

}  // namespace ashlar::posix
