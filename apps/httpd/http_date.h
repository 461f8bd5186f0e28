// Dates as HTTP writes them [RFC9110 §5.6.7].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

namespace ashlar::httpd {

inline constexpr std::size_t kHttpDateSize = 29;

/// "Sun, 06 Nov 1994 08:49:37 GMT", for years 0 to 9999.
std::array<char, kHttpDateSize> FormatHttpDate(std::chrono::sys_seconds time);

/// The time that a date in any of HTTP's three formats names; nothing if it is none. Two-digit
/// years are those from 1970 to 2069.
std::optional<std::chrono::sys_seconds> ParseHttpDate(std::string_view text);

}  // namespace ashlar::httpd
