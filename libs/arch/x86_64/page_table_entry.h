// Page-table entries of 4-level paging, and looking an address up.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ashlar::x86_64 {

/// One entry of a table at any level [SDM 3 §4.5, tables 4-15 to 4-20].
struct PageTableEntry {
  std::uint64_t value = 0;

  static constexpr std::uint64_t kPresent = 1 << 0;
  static constexpr std::uint64_t kWritable = 1 << 1;
  static constexpr std::uint64_t kWriteThrough = 1 << 3;
  static constexpr std::uint64_t kCacheDisable = 1 << 4;
  static constexpr std::uint64_t kAccessed = 1 << 5;
  static constexpr std::uint64_t kDirty = 1 << 6;
  static constexpr std::uint64_t kLarge = 1 << 7;  ///< at levels 2 and 3: a page, not a table
  static constexpr std::uint64_t kNoExecute = std::uint64_t{1} << 63;
  static constexpr std::uint64_t kAddressMask = 0x000f'ffff'ffff'f000;

  constexpr bool present() const { return (value & kPresent) != 0; }
  constexpr bool writable() const { return (value & kWritable) != 0; }
  constexpr bool executable() const { return (value & kNoExecute) == 0; }
  /// At levels 2 and 3 only: whether it maps a page rather than leading to a table.
  constexpr bool large() const { return (value & kLarge) != 0; }
  /// Of the page or table it leads to.
  constexpr std::uint64_t address() const { return value & kAddressMask; }

  bool operator==(const PageTableEntry&) const = default;
};

static_assert(sizeof(PageTableEntry) == 8);
static_assert(PageTableEntry{0x8000'0000'0010'1063}.address() == 0x10'1000);
static_assert(!PageTableEntry{0x8000'0000'0010'1063}.executable());

inline constexpr std::size_t kPageTableEntries = 512;

/// A table of any level; lies in one page.
using PageTable = PageTableEntry[kPageTableEntries];

/// Levels count from 1 (4 KiB pages) to 4 (the table in CR3).
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
struct Translation {
  PageTableEntry entry;  ///< a copy: a page's entry, or the first one that is not present
  unsigned level;        ///< the table's that it stands in: the page has PageTableSpan(level) bytes
};

/// The entry that decides about `address`. Tables are read at their physical addresses (identity
/// map). Any context.
inline Translation LookUp(const PageTable& root, std::uintptr_t address) {
  const PageTable* table = &root;
  for (unsigned level = 4;; --level) {
    const PageTableEntry entry = (*table)[PageTableIndex(address, level)];
    if (!entry.present() || level == 1 || (level != 4 && entry.large())) {
      return {entry, level};
    }
    table = reinterpret_cast<const PageTable*>(entry.address());
  }
}

}  // namespace ashlar::x86_64
