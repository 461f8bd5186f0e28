// The chip's generator of random numbers [Linux bcm2835-rng.c].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <span>
#include <utility>

#include "libs/base/result.h"
#include "libs/io/io.h"

namespace ashlar::bcm2835 {

/// The generator behind `Bus`.
template <io::Bus Bus>
class RandomGenerator {
 public:
  static constexpr std::size_t kRegisterBytes = 0x10;

  /// Switches it on; what it draws first is discarded by the device.
  explicit RandomGenerator(Bus bus) : bus_(std::move(bus)) {
    if ((bus_.Read32(kControl) & kEnable) == 0) {
      constexpr std::uint32_t kWarmUp = 0x40000;
      bus_.Write32(kStatus, kWarmUp);
      bus_.Write32(kControl, kEnable);
    }
  }

  /// Fills `bytes`, or zeroes them: kTimedOut: the generator gives nothing. Waits for it, a
  /// microsecond a word, once for a tenth of a second after it was switched on.
  Result<void> Fill(std::span<std::byte> bytes) {
    const std::span<std::byte> whole = bytes;
    while (!bytes.empty()) {
      if (!WaitForWord()) {
        std::ranges::fill(whole, std::byte{0});
        return std::unexpected(Error::kTimedOut);
      }
      const std::uint32_t word = bus_.Read32(kData);
      const std::size_t size = std::min(bytes.size(), sizeof word);
      std::memcpy(bytes.data(), &word, size);
      bytes = bytes.subspan(size);
    }
    return {};
  }

 private:
  static constexpr std::size_t kControl = 0x0;
  static constexpr std::size_t kStatus = 0x4;
  static constexpr std::size_t kData = 0x8;
  static constexpr std::uint32_t kEnable = 1;
  // A read takes a tenth of a microsecond at least.
  static constexpr int kMaxPolls = 5'000'000;

  bool WaitForWord() {
    constexpr unsigned kWordsThere = 24;
    for (int i = 0; i < kMaxPolls; ++i) {
      if (bus_.Read32(kStatus) >> kWordsThere != 0) {
        return true;
      }
    }
    return false;
  }

  Bus bus_;
};

}  // namespace ashlar::bcm2835
