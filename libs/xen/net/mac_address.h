// A network device's address as the store has it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>

#include "libs/netdev/netdev.h"

namespace ashlar::xen {

/// Six pairs of hexadecimal digits with colons between them. Nothing: it is none, or nobody's own
/// (zero, or a group's).
inline std::optional<netdev::MacAddress> ParseMacAddress(std::string_view text) {
  netdev::MacAddress address = {};
  constexpr std::size_t kSize = 17;
  if (text.size() != kSize) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < address.size(); ++i) {
    const char* const begin = text.data() + 3 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, address[i], 16);
    if (error != std::errc() || end != begin + 2 || (i + 1 < address.size() && *end != ':')) {
      return std::nullopt;
    }
  }
  if ((address[0] & 1) != 0 || address == netdev::MacAddress{}) {
    return std::nullopt;
  }
  return address;
}

}  // namespace ashlar::xen
