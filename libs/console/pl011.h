// The transmitter of a PL011 serial line controller, reached over any bus.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "libs/io/io.h"

namespace ashlar::console {

/// The driver. The line is as the firmware or the VMM set it up.
template <io::Bus Bus>
class Pl011 {
 public:
  constexpr explicit Pl011(Bus bus) : bus_(std::move(bus)) {}

  /// Sends all of `text`; returns when the device has taken the last byte. Waits for the device as
  /// long as it takes, but not for ever: one that stays busy beyond kMaxPolls reads is taken for
  /// absent, and the text dropped.
  void Write(std::string_view text) {
    for (const char character : text) {
      if (!WaitWhile(kTransmitFifoFull)) {
        return;
      }
      bus_.Write32(kData, static_cast<std::uint8_t>(character));
    }
  }

  /// Returns when the last byte has left the line, too, up to 1.5 ms later at 115200 baud: before
  /// the device is switched off or reset.
  void Drain() { WaitWhile(kBusy); }

 private:
  // [PL011 §3.2]
  static constexpr std::size_t kData = 0x00;
  static constexpr std::size_t kFlags = 0x18;
  static constexpr std::uint32_t kBusy = 1 << 3;
  static constexpr std::uint32_t kTransmitFifoFull = 1 << 5;

  // A byte takes 87 us at 115200 baud and a read at least 0.1 us.
  static constexpr int kMaxPolls = 1'000'000;

  bool WaitWhile(std::uint32_t flag) {
    for (int i = 0; i < kMaxPolls; ++i) {
      if ((bus_.Read32(kFlags) & flag) == 0) {
        return true;
      }
    }
    return false;
  }

  Bus bus_;
};

}  // namespace ashlar::console
