// Puts the text together in a buffer of bounded length: what does not fit is left out.
// SPDX-License-Identifier: Apache-2.0
#include "libs/libc/report.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "libs/base/check.h"

namespace ashlar::libc {
namespace {

// A text of bounded length: what does not fit is left out.
class Text {
 public:
  void Append(char character) {
    if (size_ < characters_.size()) {
      characters_[size_++] = character;
    }
  }
  void Append(std::string_view text) {
    for (const char character : text) {
      Append(character);
    }
  }
  void AppendNumber(std::uint64_t value, unsigned base) {
    std::array<char, 20> digits;
    std::size_t first = digits.size();
    do {
      digits[--first] = "0123456789abcdef"[value % base];
      value /= base;
    } while (value != 0);
    Append({digits.data() + first, digits.size() - first});
  }
  void AppendNumber(std::int64_t value) {
    if (value < 0) {
      Append('-');
    }
    AppendNumber(
        value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value), 10);
  }
  std::string_view view() const { return {characters_.data(), size_}; }

 private:
  std::array<char, 512> characters_;
  std::size_t size_ = 0;
};

void Expand(Text& text, const char* format, std::va_list arguments) {
  for (; *format != '\0'; ++format) {
    if (*format != '%') {
      text.Append(*format);
      continue;
    }
    ++format;
    bool is_long = false;
    for (; *format == 'l' || *format == 'z'; ++format) {
      is_long = true;
    }
    switch (*format) {
      case 's': {
        const char* const argument = va_arg(arguments, const char*);
        text.Append(argument == nullptr ? std::string_view("(null)") : argument);
        break;
      }
      case 'd':
      case 'i':
        text.AppendNumber(is_long ? va_arg(arguments, std::int64_t) : va_arg(arguments, int));
        break;
      case 'u':
        text.AppendNumber(is_long ? va_arg(arguments, std::uint64_t) : va_arg(arguments, unsigned),
                          10);
        break;
      case 'x':
        text.AppendNumber(is_long ? va_arg(arguments, std::uint64_t) : va_arg(arguments, unsigned),
                          16);
        break;
      case 'p':
        text.Append("0x");
        text.AppendNumber(reinterpret_cast<std::uintptr_t>(va_arg(arguments, void*)), 16);
        break;
      case 'c':
        text.Append(static_cast<char>(va_arg(arguments, int)));
        break;
      case '\0':
        return;
      default:
        text.Append(*format);
    }
  }
}

}  // namespace

void PanicFormat(const char* format, std::va_list arguments, std::source_location where) {
  Text text;
  Expand(text, format, arguments);
  std::string_view message = text.view();
  while (message.ends_with('\n')) {
    message.remove_suffix(1);
  }
  Panic(message, where);
}

void PanicFormat(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  PanicFormat(format, arguments);
}

}  // namespace ashlar::libc
