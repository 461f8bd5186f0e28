// How addresses are written for people.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace ashlar::net {

/// Room for any address and a zero byte (INET6_ADDRSTRLEN).
using AddressText = std::array<char, 46>;

/// Writes an IPv4 address in network order as "192.0.2.7" and returns what it wrote; a zero byte is
/// behind it.
std::string_view FormatIpv4(std::span<const std::byte, 4> address, AddressText& text);

/// The same of an IPv6 address, the one way RFC 5952 allows: "2001:db8::7", "::ffff:192.0.2.7".
std::string_view FormatIpv6(std::span<const std::byte, 16> address, AddressText& text);

}  // namespace ashlar::net
