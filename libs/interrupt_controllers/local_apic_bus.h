// The two ways to a local APIC's registers: in memory (xAPIC), or as model-specific registers
// (x2APIC).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/io/io.h"

namespace ashlar::interrupt_controllers {

/// What reads and writes model-specific registers by their numbers.
template <typename T>
concept MsrAccess = requires(T msrs, std::uint32_t number, std::uint64_t value) {
  { msrs.Read(number) } -> std::same_as<std::uint64_t>;
  { msrs.Write(number, value) } -> std::same_as<void>;
};

/// A bus for LocalApic, whose registers are 32 bits wide and nothing else.
template <io::Bus Memory, MsrAccess Msrs>
class LocalApicBus {
 public:
  /// The registers are in memory.
  constexpr LocalApicBus(Memory memory, Msrs msrs) : memory_(memory), msrs_(msrs) {}
  /// They are model-specific ones.
  explicit constexpr LocalApicBus(Msrs msrs) : msrs_(msrs) {}

  std::uint32_t Read32(std::size_t offset) {
    return memory_ ? memory_->Read32(offset) : ReadMsr(offset);
  }
  void Write32(std::size_t offset, std::uint32_t value) {
    if (memory_) {
      memory_->Write32(offset, value);
    } else {
      msrs_.Write(Number(offset), value);
    }
  }
  std::uint8_t Read8(std::size_t offset) { return static_cast<std::uint8_t>(Read32(offset)); }
  std::uint16_t Read16(std::size_t offset) { return static_cast<std::uint16_t>(Read32(offset)); }
  void Write8(std::size_t offset, std::uint8_t value) { Write32(offset, value); }
  void Write16(std::size_t offset, std::uint16_t value) { Write32(offset, value); }

 private:
  // The ID fills its MSR, and stands in the upper byte of its register [SDM 3 §11.12.5.1].
  std::uint32_t ReadMsr(std::size_t offset) {
    constexpr std::size_t kId = 0x20;
    const auto value = static_cast<std::uint32_t>(msrs_.Read(Number(offset)));
    return offset == kId ? value << 24 : value;
  }
  // [SDM 3 §11.12.1.2]
  static constexpr std::uint32_t Number(std::size_t offset) {
    constexpr std::uint32_t kFirst = 0x800;
    return kFirst + static_cast<std::uint32_t>(offset / 16);
  }

  std::optional<Memory> memory_;
  [[no_unique_address]] Msrs msrs_;
};

}  // namespace ashlar::interrupt_controllers
