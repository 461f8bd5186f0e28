// Reads the MADT's entries.
// SPDX-License-Identifier: Apache-2.0
#include "libs/acpi/madt.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/acpi/acpi.h"
#include "libs/base/foreign_bytes.h"

namespace ashlar::acpi {
namespace {

constexpr std::size_t kEntries = 44;  // after the header, the local APICs' address and flags

// Types and sizes of [ACPI §5.2.12.3] and [§5.2.12.5].
constexpr std::uint8_t kIoApic = 1;
constexpr std::size_t kIoApicSize = 12;
constexpr std::uint8_t kOverride = 2;
constexpr std::size_t kOverrideSize = 10;

// MPS INTI flags [ACPI table 5.26]: polarity in bits 0 and 1, trigger mode in 2 and 3; 3 is "low"
// and "level".
constexpr unsigned kLowOrLevel = 3;

}  // namespace

Madt Madt::Parse(Table table) {
  Madt madt;
  std::size_t offset = kEntries;
  while (offset + 2 <= table.size()) {
    const auto type = Load<std::uint8_t>(table, offset);
    const auto length = Load<std::uint8_t>(table, offset + 1);
    if (length < 2 || length > table.size() - offset) {
      break;
    }
    const std::span<const std::byte> entry = table.subspan(offset, length);
    if (type == kIoApic && length >= kIoApicSize && madt.io_apic_count_ < madt.io_apics_.size()) {
      madt.io_apics_[madt.io_apic_count_++] = {Load<std::uint32_t>(entry, 4),
                                               Load<std::uint32_t>(entry, 8)};
    } else if (type == kOverride && length >= kOverrideSize &&
               madt.override_count_ < madt.overrides_.size()) {
      const auto flags = Load<std::uint16_t>(entry, 8);
      madt.overrides_[madt.override_count_++] = {
          .isa_interrupt = Load<std::uint8_t>(entry, 3),
          .global_interrupt = Load<std::uint32_t>(entry, 4),
          .level_triggered = (flags >> 2 & 3) == kLowOrLevel,
          .active_low = (flags & 3) == kLowOrLevel,
      };
    }
    offset += length;
  }
  return madt;
}

}  // namespace ashlar::acpi
