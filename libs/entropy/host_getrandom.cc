// The entropy of a Linux process that has a C library: unit tests and tools.
// SPDX-License-Identifier: Apache-2.0
#include <sys/random.h>

#include <cstddef>
#include <expected>
#include <span>

#include "libs/base/result.h"
#include "libs/entropy/entropy.h"

namespace ashlar::entropy {

Result<void> Fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t filled = getrandom(bytes.data(), bytes.size(), 0);
    if (filled <= 0) {
      return std::unexpected(Error::kUnsupported);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(filled));
  }
  return {};
}

}  // namespace ashlar::entropy
