// The contents of the test site's large file: bytes that never repeat in step with anything.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace ashlar::http_test {

inline constexpr std::size_t kLargeFileSize = 1024 * 1024;

/// A linear congruential generator's high bytes.
inline std::string Pattern(std::size_t size = kLargeFileSize) {
  std::string bytes(size, '\0');
  std::uint64_t state = 1;
  for (char& byte : bytes) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<char>(state >> 56);
  }
  return bytes;
}

}  // namespace ashlar::http_test
