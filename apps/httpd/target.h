// Targets: from a request line to a path in the rootfs, with nowhere to escape to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <span>
#include <string_view>

#include "apps/httpd/status_code.h"

namespace ashlar::httpd {

/// The longest decoded path.
inline constexpr std::size_t kMaxPathSize = 1024;

/// A target, taken apart.
struct Target {
  std::string_view path;  ///< decoded, "." and ".." resolved, no slash at either end: "docs/guide"
  bool is_directory = false;  ///< it ended in a slash, or named the root
  std::string_view raw_path;  ///< as the client wrote it
  std::string_view query;     ///< after the '?', which is left out
};

/// Takes apart a target in origin form or absolute form [RFC9112 §3.2]. `scratch` holds the decoded
/// path where it differs from the raw one; at least kMaxPathSize bytes.
///
/// 400: not such a form, a broken escape, an encoded NUL, a ".." above the root; 404: an encoded
/// slash, which no file's name holds; 414: a path longer than kMaxPathSize that needs decoding.
std::expected<Target, StatusCode> ParseTarget(std::string_view target, std::span<char> scratch);

}  // namespace ashlar::httpd
