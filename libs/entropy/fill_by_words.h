// Bytes from a CPU's instruction, which gives eight at a time or fails.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>
#include <span>

#include "libs/base/result.h"

namespace ashlar::entropy {

/// Fills `bytes` from draw(), a std::optional<std::uint64_t>. kUnsupported: it had nothing, and the
/// bytes are zeros.
template <typename Draw>
Result<void> FillByWords(std::span<std::byte> bytes, Draw draw) {
  const std::span<std::byte> whole = bytes;
  while (!bytes.empty()) {
    const std::optional<std::uint64_t> value = draw();
    if (!value) {
      std::ranges::fill(whole, std::byte{0});
      return std::unexpected(Error::kUnsupported);
    }
    const std::size_t size = std::min(bytes.size(), sizeof *value);
    std::memcpy(bytes.data(), &*value, size);
    bytes = bytes.subspan(size);
  }
  return {};
}

}  // namespace ashlar::entropy
