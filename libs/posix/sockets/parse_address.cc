// Addresses as text.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/sockets/parse_address.h"

#include <algorithm>

namespace ashlar::posix {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The value of a hexadecimal digit, or 16.
unsigned DigitValue(char c) {
  if (IsDigit(c)) {
    return static_cast<unsigned>(c - '0');
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a' + 10) : 16;
}

}  // namespace

std::optional<Ipv4Bytes> ParseIpv4(std::string_view text) {
  Ipv4Bytes bytes = {};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0) {
      if (!text.starts_with('.')) {
        return std::nullopt;
      }
      text.remove_prefix(1);
    }
    unsigned value = 0;
    std::size_t digits = 0;
    while (digits < text.size() && digits < 4 && IsDigit(text[digits])) {
      value = value * 10 + DigitValue(text[digits++]);
    }
    if (digits == 0 || value > 255 || (digits > 1 && text[0] == '0')) {
      return std::nullopt;
    }
    bytes[i] = static_cast<std::uint8_t>(value);
    text.remove_prefix(digits);
  }
  return text.empty() ? std::optional(bytes) : std::nullopt;
}

std::optional<Ipv6Bytes> ParseIpv6(std::string_view text) {
  Ipv6Bytes bytes = {};
  std::size_t filled = 0;
  std::optional<std::size_t> gap;  // where the zeros of "::" go
  if (text.starts_with("::")) {
    gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    unsigned value = 0;
    std::size_t digits = 0;
    while (digits < text.size() && digits < 5 && DigitValue(text[digits]) < 16) {
      value = value * 16 + DigitValue(text[digits++]);
    }
    if (digits < text.size() && text[digits] == '.') {
      const auto ipv4 = ParseIpv4(text);
      if (!ipv4 || filled + ipv4->size() > bytes.size()) {
        return std::nullopt;
      }
      std::ranges::copy(*ipv4, bytes.begin() + static_cast<std::ptrdiff_t>(filled));
      filled += ipv4->size();
      break;
    }
    if (digits == 0 || digits > 4 || filled == bytes.size()) {
      return std::nullopt;
    }
    bytes[filled++] = static_cast<std::uint8_t>(value >> 8);
    bytes[filled++] = static_cast<std::uint8_t>(value);
    text.remove_prefix(digits);
    if (text.empty()) {
      break;
    }
    if (text == ":" || text[0] != ':') {
      return std::nullopt;
    }
    text.remove_prefix(1);
    if (text[0] == ':') {
      if (gap) {
        return std::nullopt;
      }
      gap = filled;
      text.remove_prefix(1);
    }
  }
  if (gap.has_value() != (filled < bytes.size())) {
    return std::nullopt;
  }
  if (gap) {
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(*gap);
    const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(filled);
    std::fill(begin, std::copy_backward(begin, end, bytes.end()), std::uint8_t{0});
  }
  return bytes;
}

}  // namespace ashlar::posix
