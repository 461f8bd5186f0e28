// TextWriter: text put together in a buffer of fixed size, without stdio and without allocation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <concepts>
#include <cstring>
#include <span>
#include <string_view>

namespace ashlar::httpd {

/// Appends to a buffer that it doesn't own. What doesn't fit is left out, and overflowed() says so.
class TextWriter {
 public:
  explicit TextWriter(std::span<char> buffer)
      : begin_(buffer.data()), next_(begin_), end_(begin_ + buffer.size()) {}

  TextWriter& operator<<(std::string_view text) {
    if (text.size() > static_cast<std::size_t>(end_ - next_)) [[unlikely]] {
      overflowed_ = true;
      return *this;
    }
    std::memcpy(next_, text.data(), text.size());
    next_ += text.size();
    return *this;
  }
  TextWriter& operator<<(char c) { return *this << std::string_view(&c, 1); }
  template <std::integral Number>
    requires(!std::same_as<Number, char> && !std::same_as<Number, bool>)
  TextWriter& operator<<(Number number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return *this << std::string_view(digits, static_cast<std::size_t>(end - digits));
  }

  /// Two decimal digits of a number below 100.
  TextWriter& TwoDigits(unsigned number) {
    const char digits[] = {static_cast<char>('0' + number / 10),
                           static_cast<char>('0' + number % 10)};
    return *this << std::string_view(digits, 2);
  }

  std::string_view text() const { return {begin_, static_cast<std::size_t>(next_ - begin_)}; }
  std::size_t size() const { return text().size(); }
  std::size_t space() const { return static_cast<std::size_t>(end_ - next_); }
  bool overflowed() const { return overflowed_; }
  void Clear() {
    next_ = begin_;
    overflowed_ = false;
  }

 private:
  char* begin_;
  char* next_;
  char* end_;
  bool overflowed_ = false;
};

}  // namespace ashlar::httpd
