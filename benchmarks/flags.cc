// Reads options of the form --name=value.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/flags.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace benchmarks {
namespace {

std::optional<std::uint64_t> ReadNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0
             ? std::optional(number)
             : std::nullopt;
}

std::string Joined(const std::vector<std::string_view>& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += i == 0 ? "" : i + 1 < words.size() ? ", " : last;
    text += words[i];
  }
  return text;
}

}  // namespace

void Flags::AddText(std::string_view name, std::string& value, bool for_people) {
  flags_.push_back({name, for_people, "a text", [&value](std::string_view text) {
                      value = text;
                      return !text.empty();
                    }});
}

void Flags::AddNumber(std::string_view name, std::uint64_t& value, std::uint64_t most) {
  flags_.push_back({name, true, std::format("a number from 1 to {}", most),
                    [&value, most](std::string_view text) {
                      value = ReadNumber(text).value_or(0);
                      return value > 0 && value <= most;
                    }});
}

void Flags::AddChoice(std::string_view name, std::string& value,
                      std::vector<std::string_view> choices) {
  std::string wanted = Joined(choices, " or ");
  flags_.push_back({name, true, std::move(wanted),
                    [&value, choices = std::move(choices)](std::string_view text) {
                      value = text;
                      return std::ranges::contains(choices, text);
                    }});
}

void Flags::AddMemory(std::string_view name, std::string& value) {
  flags_.push_back({name, true, "a size with its unit, as 4M", [&value](std::string_view text) {
                      value = text;
                      return !text.empty() && std::string_view("KMG").contains(text.back()) &&
                             ReadNumber(text.substr(0, text.size() - 1)).has_value();
                    }});
}

std::expected<void, std::string> Flags::Parse(std::span<char* const> words) const {
  for (const std::string_view word : words) {
    const std::size_t equals = word.find('=');
    const auto flag = std::ranges::find_if(flags_, [&](const Flag& known) {
      return word.starts_with("--") && equals != word.npos &&
             word.substr(2, equals - 2) == known.name;
    });
    if (flag == flags_.end()) {
      std::vector<std::string_view> names;
      for (const Flag& known : flags_) {
        if (known.for_people) {
          names.push_back(known.name);
        }
      }
      return std::unexpected(std::format("{}: no such option; --NAME=VALUE may be given for {}",
                                         word, Joined(names, " and ")));
    }
    if (!flag->set(word.substr(equals + 1))) {
      return std::unexpected(std::format("{}: give {}", word, flag->wanted));
    }
  }
  return {};
}

}  // namespace benchmarks
