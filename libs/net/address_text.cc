// Numbers and colons: RFC 5952's rules.
// SPDX-License-Identifier: Apache-2.0
#include "libs/net/address_text.h"

#include <charconv>
#include <cstdint>

namespace ashlar::net {
namespace {

constexpr std::size_t kGroups = 8;

char* PutNumber(unsigned number, int base, AddressText& text, char* at) {
  return std::to_chars(at, text.data() + text.size(), number, base).ptr;
}

char* PutIpv4(std::span<const std::byte, 4> address, AddressText& text, char* at) {
  for (std::size_t i = 0; i < address.size(); ++i) {
    if (i != 0) {
      *at++ = '.';
    }
    at = PutNumber(std::to_integer<unsigned>(address[i]), 10, text, at);
  }
  return at;
}

std::string_view End(AddressText& text, char* at) {
  *at = '\0';
  return {text.data(), at};
}

// Groups of zero.
struct Run {
  std::size_t first;
  std::size_t size;
  bool operator==(const Run&) const = default;
};

// What "::" stands for: the longest run, the first of equal ones, and never a single group [RFC
// 5952, 4.2].
Run LongestRun(std::span<const std::uint16_t, kGroups> groups) {
  Run longest = {kGroups, 1};
  for (std::size_t first = 0; first < kGroups;) {
    std::size_t end = first;
    while (end < kGroups && groups[end] == 0) {
      ++end;
    }
    if (end - first > longest.size) {
      longest = {first, end - first};
    }
    first = end + 1;
  }
  return longest;
}

}  // namespace

std::string_view FormatIpv4(std::span<const std::byte, 4> address, AddressText& text) {
  return End(text, PutIpv4(address, text, text.data()));
}

std::string_view FormatIpv6(std::span<const std::byte, 16> address, AddressText& text) {
  std::array<std::uint16_t, kGroups> groups;
  for (std::size_t i = 0; i < kGroups; ++i) {
    groups[i] = static_cast<std::uint16_t>(std::to_integer<unsigned>(address[2 * i]) << 8 |
                                           std::to_integer<unsigned>(address[2 * i + 1]));
  }
  const Run run = LongestRun(groups);
  // An IPv4 address among those of IPv6 [RFC 4291, 2.5.5.2] [RFC 5952, 5].
  const bool is_mapped = run == Run{0, 5} && groups[5] == 0xffff;
  char* at = text.data();
  for (std::size_t i = 0; i < (is_mapped ? 6 : kGroups);) {
    if (i == run.first) {
      *at++ = ':';
      *at++ = ':';
      i += run.size;
      continue;
    }
    if (i != 0 && i != run.first + run.size) {
      *at++ = ':';
    }
    at = PutNumber(groups[i++], 16, text, at);
  }
  if (is_mapped) {
    *at++ = ':';
    at = PutIpv4(address.last<4>(), text, at);
  }
  return End(text, at);
}

}  // namespace ashlar::net
