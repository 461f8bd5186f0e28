// Formats, cuts and cleans a line.
// SPDX-License-Identifier: Apache-2.0
#include "libs/log/line.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "libs/base/digits.h"
#include "libs/clock/clock.h"
#include "libs/log/log.h"

namespace ashlar::log {
namespace {

constexpr std::string_view kCut = "...";

std::string_view Label(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug: ";
    case Level::kInformation:
      return "";
    case Level::kWarning:
      return "warning: ";
    case Level::kError:
      return "error: ";
  }
  return "";
}

}  // namespace

Line::Line(clock::Instant now, Level level, std::string_view library) {
  const std::int64_t elapsed = now.time_since_epoch() / std::chrono::microseconds(1);
  const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(elapsed, 0));
  AppendText("[");
  AppendText(Digits::Decimal(microseconds / 1'000'000, 5).text());
  AppendText(".");
  AppendText(Digits::Decimal(microseconds % 1'000'000, 6, '0').text());
  AppendText("] ");
  AppendText(Label(level));
  AppendText(library);
  AppendText(": ");
}

void Line::Append(const Part& part) {
  switch (part.kind_) {
    case Part::Kind::kText:
      return AppendText(part.text_);
    case Part::Kind::kSigned:
      return AppendText(Digits::SignedDecimal(static_cast<std::int64_t>(part.number_)).text());
    case Part::Kind::kUnsigned:
      return AppendText(Digits::Decimal(part.number_).text());
    case Part::Kind::kHexadecimal:
      return AppendText(Digits::Hexadecimal(part.number_).text());
  }
}

void Line::AppendText(std::string_view text) {
  for (const char character : text) {
    if (size_ == kCapacity) {
      std::ranges::copy(kCut, text_ + kCapacity - kCut.size());
      return;
    }
    const auto code = static_cast<unsigned char>(character);
    text_[size_++] = code < 0x20 || code == 0x7f ? '?' : character;
  }
}

std::string_view Line::Finish() {
  text_[size_] = '\n';
  return {text_, size_ + 1};
}

}  // namespace ashlar::log
