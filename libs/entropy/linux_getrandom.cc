// The entropy of a Linux process without a C library: getrandom.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <expected>
#include <span>

#include "libs/base/result.h"
#include "libs/entropy/entropy.h"
#include "libs/linux/linux.h"

namespace ashlar::entropy {

Result<void> Fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const Result<std::size_t> count = linux::GetRandom(bytes);
    if (count.has_value()) {
      bytes = bytes.subspan(*count);
    } else if (count.error() != Error::kInterrupted) {
      return std::unexpected(
          Error::kUnsupported);  // A kernel older than 3.17, or a filter that forbids it.
    }
  }
  return {};
}

}  // namespace ashlar::entropy
