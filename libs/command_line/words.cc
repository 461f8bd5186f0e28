// Splitting and looking up, in place and without memory.
// SPDX-License-Identifier: Apache-2.0
#include "libs/command_line/words.h"

namespace ashlar::command_line {
namespace {

// starts_with() would bring what reports a position out of range: a kilobyte.
bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::memcmp(text.data(), prefix.data(), prefix.size()) == 0;
}

// QEMU tells a microvm's devices to Linux by such words behind the user's own.
constexpr std::string_view kHypervisorsOwn = "virtio_mmio.device=";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

Result<std::size_t> Split(std::span<char> text, std::span<char*> words) {
  std::size_t count = 0;
  std::size_t in = 0;
  while (true) {
    while (in < text.size() && IsBlank(text[in])) {
      ++in;
    }
    if (in == text.size() || text[in] == '\0') {
      return count;
    }
    const std::size_t start = in;
    std::size_t out = in;
    bool quoted = false;
    for (; in < text.size() && text[in] != '\0' && (quoted || !IsBlank(text[in])); ++in) {
      if (text[in] == '"') {
        quoted = !quoted;
      } else {
        text[out++] = text[in];
      }
    }
    if (quoted) {
      return std::unexpected(Error::kInvalidArgument);
    }
    const bool at_end = in == text.size() || text[in] == '\0';
    if (out == text.size()) {
      return std::unexpected(Error::kInvalidArgument);
    }
    text[out] = '\0';
    if (!StartsWith({&text[start], out - start}, kHypervisorsOwn)) {
      if (count == words.size()) {
        return std::unexpected(Error::kNoSpace);
      }
      words[count++] = &text[start];
    }
    if (at_end) {
      return count;
    }
    ++in;
  }
}

std::size_t FirstArgument(std::span<char* const> words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const char* const word =
        words[i];  // Compared by hand: strlen alone would be 4% of a small image.
    if (word[0] == '-' && word[1] == '-' && word[2] == '\0') {
      return i + 1;
    }
  }
  return 0;
}

std::optional<std::string_view> FindParameter(std::span<char* const> words, std::string_view name) {
  const std::size_t first_argument = FirstArgument(words);
  std::size_t i = first_argument == 0 ? words.size() : first_argument - 1;
  while (i-- > 0) {
    const std::string_view word = words[i];
    if (word.size() > name.size() && StartsWith(word, name) && word[name.size()] == '=') {
      return word.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

}  // namespace ashlar::command_line
