// Text as the store has it: paths put together, numbers in decimal.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

#include "libs/base/check.h"

namespace ashlar::xen {

/// A short text that is put together from parts. What does not fit is a mistake of the caller, who
/// knows how long a path can be.
class Text {
 public:
  static constexpr std::size_t kCapacity = 128;

  constexpr Text() = default;
  template <typename... Parts>
  explicit Text(const Parts&... parts) {
    (Append(parts), ...);
  }

  void Append(std::string_view part) {
    ASHLAR_CHECK(part.size() <= kCapacity - size_);
    part.copy(bytes_.data() + size_, part.size());
    size_ += part.size();
  }
  void Append(std::uint64_t number) {
    char digits[20];
    Append({digits, std::to_chars(digits, digits + sizeof digits, number).ptr});
  }

  operator std::string_view() const { return {bytes_.data(), size_}; }  // NOLINT: it is one

 private:
  std::array<char, kCapacity> bytes_ = {};
  std::size_t size_ = 0;
};

/// The number that all of `text` is, in decimal; nothing else, no sign, no blanks.
inline std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

}  // namespace ashlar::xen
