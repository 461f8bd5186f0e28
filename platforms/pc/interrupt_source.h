// What events::Listen() calls an interrupt on a PC, and how its line behaves.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "libs/acpi/madt.h"
#include "libs/interrupt_controllers/io_apic.h"

namespace ashlar::pc {

/// A global system interrupt. Unless bit 31 is set its line is one of PCI's.
struct InterruptSource {
  std::uint32_t value;

  static constexpr std::uint32_t kEdge = std::uint32_t{1} << 31;

  /// Of a device that raises it for a moment, as hypervisors' virtio-mmio devices do: a level would
  /// be gone before it is looked for.
  static constexpr InterruptSource Edge(std::uint32_t number) { return {number | kEdge}; }

  constexpr std::uint32_t number() const { return value & ~kEdge; }

  /// As the firmware's tables say, if they do; else PCI's lines are shared, and so triggered by
  /// their level, which is low [PCI-3.0 §2.2.6].
  constexpr interrupt_controllers::LineMode ModeOf(
      std::span<const acpi::InterruptOverride> overrides) const {
    const bool pci = (value & kEdge) == 0;
    interrupt_controllers::LineMode mode = {.level_triggered = pci, .active_low = pci};
    for (const acpi::InterruptOverride& override : overrides) {
      if (override.global_interrupt == number()) {
        mode = {override.level_triggered, override.active_low};
      }
    }
    return mode;
  }
};

}  // namespace ashlar::pc
