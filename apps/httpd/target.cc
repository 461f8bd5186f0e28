// Targets.
// SPDX-License-Identifier: Apache-2.0
#include "apps/httpd/target.h"

#include <array>
#include <cstdint>

#include "apps/httpd/ascii.h"

namespace ashlar::httpd {
namespace {

enum class Kind : std::uint8_t { kPlain, kSlash, kEnd, kOdd };

// What a byte of a path means to the first look at it.
constexpr auto kKinds = [] {
  std::array<Kind, 256> kinds{};
  kinds['/'] = Kind::kSlash;
  kinds['?'] = Kind::kEnd;
  kinds['%'] = Kind::kOdd;
  kinds['#'] = Kind::kOdd;
  return kinds;
}();

constexpr int HexValue(char c) {
  if (IsDigit(c)) {
    return c - '0';
  }
  c = ToLower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Decodes `raw`, which begins with a slash, into `scratch`, resolving dot segments on the way.
/// Slashes that end up doubled stay: no file's path has one.
std::expected<std::string_view, StatusCode> Decode(std::string_view raw, std::span<char> scratch) {
  std::size_t size = 0;
  std::size_t segment = 0;  // where the current segment begins in scratch, after its slash
  for (std::size_t i = 0;; ++i) {
    if (i == raw.size() || raw[i] == '/') {
      const std::string_view name(scratch.data() + segment, size - segment);
      const bool up = name == "..";
      if (up || name == ".") {
        size = segment;
        if (up) {
          if (segment <= 1) {
            return std::unexpected(StatusCode::kBadRequest);
          }
          size = std::string_view(scratch.data(), segment - 1).rfind('/') + 1;
        }
        if (i == raw.size()) {
          return std::string_view(scratch.data(), size);
        }
        segment = size;
        continue;  // the slash before it is there already
      }
      if (i == raw.size()) {
        return std::string_view(scratch.data(), size);
      }
    }
    if (size == scratch.size()) {
      return std::unexpected(StatusCode::kUriTooLong);
    }
    char c = raw[i];
    if (c == '%') {
      const int high = i + 2 < raw.size() ? HexValue(raw[i + 1]) : -1;
      const int low = i + 2 < raw.size() ? HexValue(raw[i + 2]) : -1;
      if (high < 0 || low < 0 || (high | low) == 0) {
        return std::unexpected(StatusCode::kBadRequest);
      }
      c = static_cast<char>(high << 4 | low);
      if (c == '/') {
        return std::unexpected(StatusCode::kNotFound);
      }
      i += 2;
    } else if (c == '#') {
      return std::unexpected(StatusCode::kBadRequest);
    }
    scratch[size++] = c;
    if (c == '/') {
      segment = size;
    }
  }
}

}  // namespace

std::expected<Target, StatusCode> ParseTarget(std::string_view target, std::span<char> scratch) {
  if (!target.starts_with('/')) {
    // Absolute form: http://host/path. The host was said in Host as well, and there is one site.
    const std::size_t scheme = target.find("://");
    if (scheme == std::string_view::npos ||
        !(EqualsIgnoringCase(target.substr(0, scheme), "http") ||
          EqualsIgnoringCase(target.substr(0, scheme), "https"))) {
      return std::unexpected(StatusCode::kBadRequest);
    }
    target.remove_prefix(scheme + 3);
    const std::size_t authority = target.find_first_of("/?#");
    if (authority == 0 || target.empty()) {
      return std::unexpected(StatusCode::kBadRequest);
    }
    target = authority == std::string_view::npos ? std::string_view() : target.substr(authority);
    if (!target.starts_with('/')) {
      if (!target.empty() && target.front() != '?') {
        return std::unexpected(StatusCode::kBadRequest);
      }
      return Target{.path = "",
                    .is_directory = true,
                    .raw_path = "/",
                    .query = target.empty() ? target : target.substr(1)};
    }
  }

  // One look at every byte: most paths need no decoding.
  Target result;
  bool odd = false;
  std::size_t end = 0;
  for (; end < target.size(); ++end) {
    const Kind kind = kKinds[static_cast<std::uint8_t>(target[end])];
    if (kind == Kind::kPlain) {
      continue;
    }
    if (kind == Kind::kEnd) {
      break;
    }
    odd |= kind == Kind::kOdd || (end + 1 < target.size() && target[end + 1] == '.');
  }
  result.raw_path = target.substr(0, end);
  result.query = end < target.size() ? target.substr(end + 1) : std::string_view();
  result.path = result.raw_path;
  if (odd) {
    const auto decoded = Decode(result.raw_path, scratch);
    if (!decoded.has_value()) {
      return std::unexpected(decoded.error());
    }
    result.path = *decoded;
  }
  result.is_directory = result.path.ends_with('/');
  if (result.is_directory) {
    result.path.remove_suffix(1);
  }
  if (!result.path.empty()) {
    result.path.remove_prefix(1);
  }
  return result;
}

}  // namespace ashlar::httpd
