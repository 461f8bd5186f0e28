// Changing page tables: what the machines' page map and memory map are made of.
//
// In two passes: first make every table that is needed, which changes no translation, then fill in
// entries, which cannot fail.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>

#include "libs/arch/page_table.h"
#include "libs/arch/paging.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/page_map/page_map.h"

namespace ashlar::page_map {

/// What a stretch of addresses shall lead to.
struct Mapping {
  std::uintptr_t virtual_address;  ///< all three are multiples of kPageSize
  std::uint64_t physical_address;
  std::size_t size;
  Access access = Access::kRead;
  bool device = false;  ///< uncached
};

/// One set of page tables with a CPU's `Entry`, in memory that lies at its physical addresses. A
/// value: a reference and a policy. `ReplaceInUse` changes an entry that the CPU may know.
template <typename Entry, typename ReplaceInUse>
class BasicPageTables {
 public:
  using Table = Entry[arch::kPageTableEntries];
  /// A page for a new table, at its physical address; the contents don't matter. nullptr: there is
  /// none.
  using AllocateTable = std::byte* (*)();

  BasicPageTables(Table& root, AllocateTable allocate_table, bool gibibyte_pages)
      : root_(root), allocate_table_(allocate_table), gibibyte_pages_(gibibyte_pages) {}

  /// Maps, or unmaps with Access::kNone. Uses the largest pages that fit, splits larger ones that
  /// are there, and keeps tables that are there. kOutOfMemory: no page for a table; no address
  /// changed its meaning. The CPU may go on using what was mapped before: the caller invalidates.
  Result<void> Map(const Mapping& mapping) {
    const std::uintptr_t last = mapping.virtual_address + (mapping.size - 1);
    constexpr std::uint64_t kMaxPhysical = Entry::kAddressMask + kPageSize;
    if (!IsAligned(mapping.virtual_address | mapping.physical_address | mapping.size, kPageSize) ||
        mapping.size == 0 || last < mapping.virtual_address || last >> 47 != 0 ||
        mapping.physical_address >= kMaxPhysical ||
        kMaxPhysical - mapping.physical_address < mapping.size) {
      return std::unexpected(Error::kInvalidArgument);
    }
    const Part whole = {mapping.virtual_address, last};
    ASHLAR_TRY(MakeTables(root_, 4, whole, mapping));
    Fill(root_, 4, whole, mapping);
    arch::PublishTables();
    return {};
  }

 private:
  // The part of a mapping that falls under one table.
  struct Part {
    std::uintptr_t begin;
    std::uintptr_t last;  // inclusive: the end may be the end of the address space
  };

  static Table& TableAt(Entry entry) { return *reinterpret_cast<Table*>(entry.address()); }

  // What an entry at `level` has beside the page's address; zero for kNone.
  static constexpr std::uint64_t Flags(const Mapping& mapping, unsigned level) {
    return mapping.access == Access::kNone
               ? 0
               : Entry::PageFlags(level, mapping.access == Access::kReadWrite,
                                  mapping.access == Access::kReadExecute, mapping.device);
  }

  // Fills the table that takes the place of `entry` at `level`: the same translation in pieces.
  static void Split(Entry entry, unsigned level, Table& pieces) {
    if (!entry.present()) {
      std::fill_n(pieces, arch::kPageTableEntries, Entry{});
      return;
    }
    std::uint64_t value = Entry::FirstPiece(entry, level).value;
    for (Entry& piece : pieces) {
      piece = {value};
      value += arch::PageTableSpan(level - 1);
    }
  }

  bool MayBePage(const Mapping& mapping, unsigned level) const {
    return (level < 3 || (level == 3 && gibibyte_pages_)) &&
           IsAligned(mapping.physical_address - mapping.virtual_address,
                     arch::PageTableSpan(level));
  }

  Result<void> MakeTables(Table& table, unsigned level, Part part, const Mapping& mapping) {
    if (level == 1) {
      return {};
    }
    const std::uintptr_t span = arch::PageTableSpan(level);
    const bool may_be_page = MayBePage(mapping, level);
    Entry* entry = &table[arch::PageTableIndex(part.begin, level)];
    for (std::uintptr_t begin = part.begin;; ++entry) {
      const std::uintptr_t last_of_entry = begin | (span - 1);
      const std::uintptr_t last = std::min(part.last, last_of_entry);
      const bool becomes_page = may_be_page && last - begin == span - 1;
      if (entry->present() && (level == 4 || !entry->large())) {
        ASHLAR_TRY(MakeTables(TableAt(*entry), level - 1, {begin, last}, mapping));
      } else if (!becomes_page && (entry->present() || mapping.access != Access::kNone)) {
        std::byte* page = allocate_table_();
        if (page == nullptr) {
          return std::unexpected(Error::kOutOfMemory);
        }
        Table& pieces = *reinterpret_cast<Table*>(page);
        Split(*entry, level, pieces);
        ReplaceInUse::Replace(*entry, Entry::Table(reinterpret_cast<std::uintptr_t>(page)));
        ASHLAR_TRY(MakeTables(pieces, level - 1, {begin, last}, mapping));
      }
      if (last == part.last) {
        return {};
      }
      begin = last_of_entry + 1;
    }
  }

  void Fill(Table& table, unsigned level, Part part, const Mapping& mapping) {
    const std::uint64_t flags = Flags(mapping, level);
    const std::uintptr_t span = arch::PageTableSpan(level);
    const std::uint64_t offset = mapping.physical_address - mapping.virtual_address;
    Entry* entry = &table[arch::PageTableIndex(part.begin, level)];
    if (level == 1) {  // most entries of a start
      std::uint64_t value = flags == 0 ? 0 : (part.begin + offset) | flags;
      const std::uint64_t step = flags == 0 ? 0 : kPageSize;
      const Entry* const end = &table[arch::PageTableIndex(part.last, level)] + 1;
      for (; entry != end; ++entry) {
        *entry = {value};
        value += step;
      }
      return;
    }
    for (std::uintptr_t begin = part.begin;; ++entry) {
      const std::uintptr_t last_of_entry = begin | (span - 1);
      if (entry->present() && (level == 4 || !entry->large())) {
        Fill(TableAt(*entry), level - 1, {begin, std::min(part.last, last_of_entry)}, mapping);
      } else {
        *entry = {flags == 0 ? 0 : (begin + offset) | flags};
      }
      if (last_of_entry >= part.last) {
        return;
      }
      begin = last_of_entry + 1;
    }
  }

  Table& root_;
  AllocateTable allocate_table_;
  bool gibibyte_pages_;
};

/// Those of the CPU an image is for.
using PageTables = BasicPageTables<arch::PageTableEntry, arch::ReplaceInUse>;
extern template class BasicPageTables<arch::PageTableEntry, arch::ReplaceInUse>;

}  // namespace ashlar::page_map
