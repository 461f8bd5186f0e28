// The distributor of an Arm generic interrupt controller: which shared interrupts there are, and
// how they are triggered. The same registers in versions 2 and 3; and those of private interrupts,
// in version 3's redistributors, are laid out the same way.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/io/io.h"

namespace ashlar::interrupt_controllers {

/// Registers with a few bits for each interrupt [GICv2 §4.3, GICv3 §12.9].
template <io::Bus Bus>
class GicInterrupts {
 public:
  constexpr explicit GicInterrupts(Bus bus) : bus_(bus) {}

  /// Of group 1, the non-secure one, 32 interrupts from `first` on.
  void PutIntoGroup1(std::uint32_t first) { bus_.Write32(kGroup + first / 8, ~std::uint32_t{0}); }
  /// None of 32 interrupts from `first` on is delivered, or being handled: that would keep it from
  /// pending again.
  void DisableAll(std::uint32_t first) {
    bus_.Write32(kDisable + first / 8, ~std::uint32_t{0});
    bus_.Write32(kDeactivate + first / 8, ~std::uint32_t{0});
  }

  /// Delivers `interrupt` from now on, with a priority in the middle.
  void Enable(std::uint32_t interrupt) {
    bus_.Write8(kPriority + interrupt, kMiddlePriority);
    bus_.Write32(kEnable + interrupt / 32 * 4, std::uint32_t{1} << interrupt % 32);
  }
  /// While `interrupt` is disabled only.
  void SetTrigger(std::uint32_t interrupt, bool edge) {
    const std::size_t offset = kConfiguration + interrupt / 16 * 4;
    const std::uint32_t bit = std::uint32_t{2} << interrupt % 16 * 2;
    const std::uint32_t value = bus_.Read32(offset);
    bus_.Write32(offset, edge ? value | bit : value & ~bit);
  }

 private:
  static constexpr std::size_t kGroup = 0x080;
  static constexpr std::size_t kEnable = 0x100;
  static constexpr std::size_t kDisable = 0x180;
  static constexpr std::size_t kDeactivate = 0x380;
  static constexpr std::size_t kPriority = 0x400;
  static constexpr std::size_t kConfiguration = 0xc00;
  static constexpr std::uint8_t kMiddlePriority = 0xa0;

  Bus bus_;
};

/// INTIDs: the first private and the first shared interrupt, and one behind the last.
inline constexpr std::uint32_t kFirstPrivateInterrupt = 16;
inline constexpr std::uint32_t kFirstSharedInterrupt = 32;
inline constexpr std::uint32_t kEndOfInterrupts = 1020;

/// How many INTIDs a distributor knows, by its type register: 32 to 1020.
constexpr std::uint32_t GicInterruptCount(std::uint32_t type) {
  const std::uint32_t count = 32 * ((type & 0x1f) + 1);
  return count < kEndOfInterrupts ? count : kEndOfInterrupts;
}

}  // namespace ashlar::interrupt_controllers
