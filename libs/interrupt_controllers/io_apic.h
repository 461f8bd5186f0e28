// The I/O APIC: what turns devices' interrupt lines into messages to local APICs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/io/io.h"

namespace ashlar::interrupt_controllers {

/// How a line says that it wants something.
struct LineMode {
  bool level_triggered = false;
  bool active_low = false;
};

/// Where a PC's first I/O APIC is, on machines that don't say.
inline constexpr std::uint32_t kDefaultIoApic = 0xfec00000;

/// The driver [82093AA]. The bus's offset 0 is the register select.
template <io::Bus Bus>
class IoApic {
 public:
  explicit IoApic(Bus bus) : bus_(bus) {}

  /// How many inputs it has, 1 to 256.
  std::uint32_t input_count() { return (Read(kVersion) >> 16 & 0xff) + 1; }

  /// Sends `vector` to the local APIC `destination` whenever `input` fires. The input must exist.
  void Route(std::uint32_t input, std::uint8_t vector, std::uint8_t destination, LineMode mode) {
    Write(kFirstEntry + 2 * input, kMasked);  // Never half of one and half of another.
    Write(kFirstEntry + 2 * input + 1, std::uint32_t{destination} << 24);
    Write(kFirstEntry + 2 * input, vector | (mode.active_low ? kActiveLow : 0) |
                                       (mode.level_triggered ? kLevelTriggered : 0));
  }

  /// Nothing comes from any input any more, but for those that firmware has for itself (in SMI
  /// mode). An input that waits for the end of its interrupt does not: the masked entry is an
  /// edge's.
  void MaskAll() {
    const std::uint32_t inputs = input_count();
    for (std::uint32_t input = 0; input < inputs; ++input) {
      if ((Read(kFirstEntry + 2 * input) & kDeliveryMode) != kSmi) {
        Write(kFirstEntry + 2 * input, kMasked);
      }
    }
  }

 private:
  static constexpr std::size_t kSelect = 0x00;
  static constexpr std::size_t kWindow = 0x10;

  static constexpr std::uint32_t kVersion = 1;
  static constexpr std::uint32_t kFirstEntry = 0x10;

  static constexpr std::uint32_t kDeliveryMode = 7 << 8;
  static constexpr std::uint32_t kSmi = 2 << 8;
  static constexpr std::uint32_t kActiveLow = 1 << 13;
  static constexpr std::uint32_t kLevelTriggered = 1 << 15;
  static constexpr std::uint32_t kMasked = 1 << 16;

  std::uint32_t Read(std::uint32_t number) {
    bus_.Write32(kSelect, number);
    return bus_.Read32(kWindow);
  }
  void Write(std::uint32_t number, std::uint32_t value) {
    bus_.Write32(kSelect, number);
    bus_.Write32(kWindow, value);
  }

  Bus bus_;
};

}  // namespace ashlar::interrupt_controllers
