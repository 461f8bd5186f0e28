// The shape of page tables that x86-64 and AArch64 have in common: four levels of 512 entries,
// pages of 4 KiB, 2 MiB and 1 GiB.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ashlar::arch {

inline constexpr std::size_t kPageTableEntries = 512;

/// Levels count from 1 (4 KiB pages) to 4 (the topmost table).
constexpr unsigned PageTableShift(unsigned level) { return 12 + 9 * (level - 1); }
/// Bytes that one entry at `level` spans.
constexpr std::size_t PageTableSpan(unsigned level) {
  return std::size_t{1} << PageTableShift(level);
}
/// Which entry of a table at `level` an address falls under.
constexpr std::size_t PageTableIndex(std::uintptr_t address, unsigned level) {
  return address >> PageTableShift(level) & (kPageTableEntries - 1);
}

static_assert(PageTableSpan(2) == 2 * 1024 * 1024);
static_assert(PageTableIndex(0x40201000, 1) == 1 && PageTableIndex(0x40201000, 2) == 1 &&
              PageTableIndex(0x40201000, 3) == 1);

/// Where a walk ended.
template <typename Entry>
struct Translation {
  Entry entry;     ///< a copy: a page's entry, or the first one that is not present
  unsigned level;  ///< the table's that it stands in: the page has PageTableSpan(level) bytes
};

/// The entry that decides about `address`. Tables are read at their physical addresses (identity
/// map). Any context.
template <typename Entry>
Translation<Entry> LookUp(const Entry (&root)[kPageTableEntries], std::uintptr_t address) {
  const auto* table = &root;
  for (unsigned level = 4;; --level) {
    const Entry entry = (*table)[PageTableIndex(address, level)];
    if (!entry.present() || level == 1 || (level != 4 && entry.large())) {
      return {entry, level};
    }
    table = reinterpret_cast<const Entry(*)[kPageTableEntries]>(entry.address());
  }
}

}  // namespace ashlar::arch
