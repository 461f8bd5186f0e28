// Small helpers on the ASCII text that HTTP is made of.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace ashlar::httpd {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

constexpr char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// Whether `text` is `lower`, which has no capitals, in any mixture of cases.
constexpr bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (ToLower(text[i]) != lower[i]) {
      return false;
    }
  }
  return true;
}

/// `text` without blanks and tabs at its ends.
constexpr std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

/// Calls `visit` with each element of a comma-separated list [RFC9110 §5.6.1]; empty ones are left
/// out. Not for lists whose elements may hold commas in quotes.
template <typename Visit>
constexpr void ForEachListElement(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (const std::string_view element = Trim(list.substr(0, comma)); !element.empty()) {
      visit(element);
    }
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
}

}  // namespace ashlar::httpd
