// Entries of the interrupt descriptor table.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ashlar::x86_64 {

/// One entry [SDM 3 §6.14.1].
struct InterruptGate {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  /// Enters `handler` in 64-bit mode with interrupts off, on the stack that was in use.
  static constexpr InterruptGate To(std::uintptr_t handler) {
    constexpr std::uint64_t kCodeSegment = 0x08;
    constexpr std::uint64_t kPresentInterruptGate = 0x8e;
    return {(handler & 0xffff) | kCodeSegment << 16 | kPresentInterruptGate << 40 |
                (handler >> 16 & 0xffff) << 48,
            handler >> 32};
  }

  bool operator==(const InterruptGate&) const = default;
};
static_assert(sizeof(InterruptGate) == 16);
static_assert(InterruptGate::To(0x1122'3344'5566'7788) ==
              InterruptGate{0x5566'8e00'0008'7788, 0x1122'3344});

/// Makes `table` of `count` entries the CPU's. It must stay where it is.
inline void LoadInterruptTable(const InterruptGate* table, std::size_t count) {
  struct [[gnu::packed]] {
    std::uint16_t limit;
    std::uint64_t base;
  } const pointer = {static_cast<std::uint16_t>(count * sizeof *table - 1),
                     reinterpret_cast<std::uintptr_t>(table)};
  asm volatile("lidt %0" : : "m"(pointer) : "memory");
}

}  // namespace ashlar::x86_64
