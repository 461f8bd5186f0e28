// Numbers as text: no allocation, no stdio, any context.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ashlar {

/// The digits of one number. A value: it holds its own characters.
class Digits {
 public:
  /// `value` in decimal, padded on the left with `padding` to `width` characters, at most 20.
  [[gnu::noinline]] static constexpr Digits Decimal(std::uint64_t value, int width = 1,
                                                    char padding = ' ') {
    Digits digits;
    do {
      digits.Prepend(static_cast<char>('0' + value % 10));
      value /= 10;
    } while (value != 0);
    digits.Pad(width, padding);
    return digits;
  }

  /// `value` in decimal, with a sign if it is negative.
  static constexpr Digits SignedDecimal(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    Digits digits = Decimal(value < 0 ? 0 - bits : bits);
    if (value < 0) {
      digits.Prepend('-');
    }
    return digits;
  }

  /// `value` as "0x" and lower-case hexadecimal, padded with zeros to `width` digits, at most 16.
  [[gnu::noinline]] static constexpr Digits Hexadecimal(std::uint64_t value, int width = 1) {
    Digits digits;
    do {
      digits.Prepend("0123456789abcdef"[value & 0xf]);
      value >>= 4;
    } while (value != 0);
    digits.Pad(width, '0');
    digits.Prepend('x');
    digits.Prepend('0');
    return digits;
  }

  constexpr std::string_view text() const { return {characters_ + first_, kCapacity - first_}; }

 private:
  static constexpr std::size_t kCapacity = 24;

  constexpr void Prepend(char character) { characters_[--first_] = character; }
  constexpr void Pad(int width, char padding) {
    while (kCapacity - first_ < static_cast<std::size_t>(width)) {
      Prepend(padding);
    }
  }

  char characters_[kCapacity] = {};
  std::size_t first_ = kCapacity;
};

}  // namespace ashlar
