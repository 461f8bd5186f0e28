// The multiple APIC description table: interrupt controllers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/acpi/acpi.h"

namespace ashlar::acpi {

/// An I/O APIC: its inputs are the global system interrupts from `first_interrupt` on.
struct IoApicEntry {
  std::uint32_t address;
  std::uint32_t first_interrupt;
};

/// Where an ISA interrupt differs from "the same number, edge-triggered, active high".
struct InterruptOverride {
  std::uint8_t isa_interrupt;
  std::uint32_t global_interrupt;
  bool level_triggered;
  bool active_low;
};

/// What we use of it [ACPI §5.2.12]. Entries past the capacity are left out.
class Madt {
 public:
  /// Reads `table`, which is an "APIC". An entry that is cut off ends it.
  static Madt Parse(Table table);

  std::span<const IoApicEntry> io_apics() const {
    return std::span(io_apics_).first(io_apic_count_);
  }
  std::span<const InterruptOverride> overrides() const {
    return std::span(overrides_).first(override_count_);
  }

 private:
  std::array<IoApicEntry, 8> io_apics_{};
  std::size_t io_apic_count_ = 0;
  std::array<InterruptOverride, 16> overrides_{};
  std::size_t override_count_ = 0;
};

}  // namespace ashlar::acpi
