// What fuzz targets read their steps from, and how they say that something is wrong.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace ashlar::fuzz {

/// Ends the process unless `condition` holds; the driver prints the input.
inline void Expect(bool condition) {
  if (!condition) {
    __builtin_trap();
  }
}

/// The input's bytes one after the other, zeros behind its end; numbers are little-endian.
class Input {
 public:
  explicit Input(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }

  std::uint8_t Byte() {
    if (bytes_.empty()) {
      return 0;
    }
    const std::uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }
  std::uint16_t Word() {
    const std::uint8_t low = Byte();
    return static_cast<std::uint16_t>(low | Byte() << 8);
  }
  std::uint32_t Long() {
    const std::uint16_t low = Word();
    return low | static_cast<std::uint32_t>(Word()) << 16;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace ashlar::fuzz
