// Sizes of memory as people write them: 4096, 512K, 64M, 2G.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>

#include "libs/base/units.h"

namespace ashlar::memory_map {

/// The bytes that `text` says, or nothing if it is no size or too large for one.
constexpr std::optional<std::size_t> ParseSize(std::string_view text) {
  std::size_t unit = 1;
  if (!text.empty()) {
    switch (text.back()) {
      case 'K':
        unit = kKiB;
        break;
      case 'M':
        unit = kMiB;
        break;
      case 'G':
        unit = kGiB;
        break;
      default:
        break;
    }
  }
  if (unit != 1) {
    text.remove_suffix(1);
  }
  if (text.empty()) {
    return std::nullopt;
  }
  const std::size_t limit = std::numeric_limits<std::size_t>::max() / unit;
  std::size_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || value > (limit - 9) / 10) {
      return std::nullopt;
    }
    value = value * 10 + static_cast<std::size_t>(c - '0');
  }
  return value * unit;
}

}  // namespace ashlar::memory_map
