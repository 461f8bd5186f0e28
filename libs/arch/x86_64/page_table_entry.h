// Page-table entries of 4-level paging, and looking an address up.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/arch/page_table.h"

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
  constexpr bool device() const { return (value & kCacheDisable) != 0; }
  /// At levels 2 and 3 only: whether it maps a page rather than leading to a table.
  constexpr bool large() const { return (value & kLarge) != 0; }
  /// Of the page or table it leads to.
  constexpr std::uint64_t address() const { return value & kAddressMask; }

  /// Leads to the table at `address`.
  static constexpr PageTableEntry Table(std::uint64_t address) {
    return {address | kPresent | kWritable | kAccessed | kDirty};
  }
  /// What a page at `level` with these rights has beside its address.
  static constexpr std::uint64_t PageFlags(unsigned level, bool writable, bool executable,
                                           bool device) {
    return kPresent | kAccessed | kDirty | (level == 1 ? 0 : kLarge) | (writable ? kWritable : 0) |
           (executable ? 0 : kNoExecute) | (device ? kCacheDisable | kWriteThrough : 0);
  }
  /// The first of the pieces that a page at `level` falls into one level below, where kLarge means
  /// something else at last.
  static constexpr PageTableEntry FirstPiece(PageTableEntry page, unsigned level) {
    return {level == 2 ? page.value & ~kLarge : page.value};
  }

  bool operator==(const PageTableEntry&) const = default;
};

static_assert(sizeof(PageTableEntry) == 8);
static_assert(PageTableEntry{0x8000'0000'0010'1063}.address() == 0x10'1000);
static_assert(!PageTableEntry{0x8000'0000'0010'1063}.executable());

using arch::kPageTableEntries;
using arch::LookUp;
using arch::PageTableIndex;
using arch::PageTableShift;
using arch::PageTableSpan;
using Translation = arch::Translation<PageTableEntry>;

/// A table of any level; lies in one page. Level 4 is the table in CR3.
using PageTable = PageTableEntry[kPageTableEntries];

}  // namespace ashlar::x86_64
