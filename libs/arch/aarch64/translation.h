// The registers and instructions of address translation at EL1.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::aarch64 {

/// TTBR0_EL1: the physical address of the topmost table.
inline std::uintptr_t ReadTranslationTable() {
  std::uintptr_t value;
  asm volatile("mrs %0, ttbr0_el1" : "=r"(value));
  return value & 0x0000'ffff'ffff'f000;  // without the ASID
}

/// What was written to translation tables is seen by the next access. Enough for entries that led
/// nowhere before, which no CPU remembers [ARM D8.14.1].
inline void PublishTables() { asm volatile("dsb ishst\n\tisb" : : : "memory"); }

/// Drops every cached translation.
inline void ForgetTranslations() {
  asm volatile("dsb ishst\n\ttlbi vmalle1\n\tdsb ish\n\tisb" : : : "memory");
}

/// Drops the cached translations of the page that holds `address`.
inline void InvalidatePage(std::uintptr_t address) {
  asm volatile("dsb ishst\n\ttlbi vaae1, %0\n\tdsb ish\n\tisb" : : "r"(address >> 12) : "memory");
}

extern "C" void ashlar_replace_table_entry(std::uint64_t* entry, std::uint64_t value);

/// Stores `value` over an entry that is in use, for one of another size. A CPU that had both
/// cached would do anything, so for the moment of the change there is no translation at all [ARM
/// D8.14.1 "break-before-make"]. The entry must lie at its physical address, and so must the code.
inline void ReplaceTableEntry(std::uint64_t* entry, std::uint64_t value) {
  ashlar_replace_table_entry(entry, value);
}

}  // namespace ashlar::aarch64
