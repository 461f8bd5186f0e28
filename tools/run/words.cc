// Splitting, joining and quoting.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/words.h"

#include <algorithm>
#include <expected>
#include <format>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ashlar::run {
namespace {

// library.name=value
bool IsParameter(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) {
    return false;
  }
  const std::string_view name = word.substr(0, equals);
  const std::size_t dot = name.find('.');
  return dot != 0 && dot != std::string_view::npos && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
         });
}

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-./,:=+@%").contains(c);
}

}  // namespace

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  bool in_word = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
      in_word = true;
    } else if (!quoted && (c == ' ' || c == '\t' || c == '\n')) {
      if (in_word) {
        words.push_back(word);
        word.clear();
        in_word = false;
      }
    } else {
      word.push_back(c);
      in_word = true;
    }
  }
  if (in_word) {
    words.push_back(word);
  }
  return words;
}

std::expected<std::string, Complaint> JoinWords(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) {
    if (word.contains('"')) {
      return std::unexpected(std::format(
          "{}: a machine's command line has no way to pass a double quote: leave it out", word));
    }
    if (!text.empty()) {
      text += ' ';
    }
    const bool blank = word.empty() || word.find_first_of(" \t\n") != std::string::npos;
    text += blank ? std::format("\"{}\"", word) : word;
  }
  return text;
}

std::vector<std::string> AddParameters(std::span<const std::string> words,
                                       std::span<const std::string> parameters) {
  std::vector<std::string> before(parameters.begin(), parameters.end());
  std::vector<std::string> after;
  const auto separator = std::ranges::find(words, "--");
  if (separator != words.end()) {
    before.insert(before.end(), words.begin(), separator);
    after.assign(separator + 1, words.end());
  } else {
    for (const std::string& word : words) {
      (IsParameter(word) ? before : after).push_back(word);
    }
  }
  before.emplace_back("--");
  before.insert(before.end(), after.begin(), after.end());
  return before;
}

bool HasParameter(std::span<const std::string> words, std::string_view name) {
  for (const std::string& word : words) {
    if (word == "--") {
      return false;
    }
    if (word.starts_with(name) && word.substr(name.size()).starts_with('=')) {
      return true;
    }
  }
  return false;
}

std::string EscapeCommas(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    escaped.append(c == ',' ? 2 : 1, c);
  }
  return escaped;
}

std::string QuoteForShell(std::span<const std::string> words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) {
      line += ' ';
    }
    if (!word.empty() && std::ranges::all_of(word, IsPlain)) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) {
      line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    line += '\'';
  }
  return line;
}

}  // namespace ashlar::run
