// Translation-table entries (VMSAv8-64, 4 KiB granule, 48 bits), and looking an address up.
//
// Named as on the other CPUs: levels count from 1 (4 KiB pages) to 4 (the table in TTBR0_EL1),
// where the architecture counts from 3 to 0.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/arch/page_table.h"

namespace ashlar::aarch64 {

/// One entry of a table at any level [ARM D8.3].
struct PageTableEntry {
  std::uint64_t value = 0;

  static constexpr std::uint64_t kValid = 1 << 0;
  static constexpr std::uint64_t kTableOrPage =
      1 << 1;  ///< a table at levels 2..4, a page at level 1
  /// MAIR_EL1's attribute 1: devices, in order, whose writes may be acknowledged early. Else 0:
  /// memory, written back. The entry puts them there [ARM D17.2.97].
  static constexpr std::uint64_t kDevice = 1 << 2;
  static constexpr std::uint64_t kReadOnly = 1 << 7;
  static constexpr std::uint64_t kInnerShareable = 3 << 8;
  static constexpr std::uint64_t kAccessed = 1 << 10;
  static constexpr std::uint64_t kPrivilegedNoExecute = std::uint64_t{1} << 53;
  static constexpr std::uint64_t kUserNoExecute = std::uint64_t{1} << 54;
  static constexpr std::uint64_t kAddressMask = 0x0000'ffff'ffff'f000;

  constexpr bool present() const { return (value & kValid) != 0; }
  constexpr bool writable() const { return (value & kReadOnly) == 0; }
  constexpr bool executable() const { return (value & kPrivilegedNoExecute) == 0; }
  constexpr bool device() const { return (value & kDevice) != 0; }
  /// At levels 2 and 3 only: whether it maps a page rather than leading to a table.
  constexpr bool large() const { return (value & kTableOrPage) == 0; }
  /// Of the page or table it leads to.
  constexpr std::uint64_t address() const { return value & kAddressMask; }

  /// Leads to the table at `address`.
  static constexpr PageTableEntry Table(std::uint64_t address) {
    return {address | kValid | kTableOrPage};
  }
  /// What a page at `level` with these rights has beside its address.
  static constexpr std::uint64_t PageFlags(unsigned level, bool writable, bool executable,
                                           bool device) {
    return kValid | kAccessed | kUserNoExecute | (level == 1 ? kTableOrPage : 0) |
           (writable ? 0 : kReadOnly) | (executable ? 0 : kPrivilegedNoExecute) |
           (device ? kDevice : kInnerShareable);
  }
  /// The first of the pieces that a page at `level` falls into one level below.
  static constexpr PageTableEntry FirstPiece(PageTableEntry page, unsigned level) {
    return {page.value | (level == 2 ? kTableOrPage : 0)};
  }

  bool operator==(const PageTableEntry&) const = default;
};

static_assert(sizeof(PageTableEntry) == 8);
static_assert(PageTableEntry{0x0060'0000'4010'0783}.address() == 0x4010'0000);
static_assert(!PageTableEntry{0x0060'0000'4010'0783}.executable());
static_assert(!PageTableEntry{0x0060'0000'4010'0783}.writable());

using arch::kPageTableEntries;
using arch::LookUp;
using arch::PageTableIndex;
using arch::PageTableShift;
using arch::PageTableSpan;
using Translation = arch::Translation<PageTableEntry>;

/// A table of any level; lies in one page.
using PageTable = PageTableEntry[kPageTableEntries];

}  // namespace ashlar::aarch64
