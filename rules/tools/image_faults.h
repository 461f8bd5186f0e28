// What is wrong with a linked image, before anyone boots it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ashlar::check_image {

struct Limits {
  std::uint64_t memory_mib = 0;
  std::uint64_t max_bytes = 0;  ///< of the stripped image; 0 for no limit
};

struct Findings {
  std::vector<std::string> faults;  ///< each a sentence with what to do
  std::string report;               ///< the segments and sizes, a line each
};

/// Looks at the linker's output, with its symbols, and at the size of the stripped image.
Findings CheckImage(std::span<const std::byte> linked, std::uint64_t image_bytes,
                    const Limits& limits);

}  // namespace ashlar::check_image
