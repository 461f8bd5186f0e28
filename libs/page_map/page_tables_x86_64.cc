// Changing page tables in two passes: first make every table that is needed, which changes no
// translation, then fill in entries, which cannot fail.
// SPDX-License-Identifier: Apache-2.0
#include "libs/page_map/page_tables_x86_64.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>

#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/page_map/page_map.h"

namespace ashlar::page_map {
namespace {

using x86_64::PageTable;
using x86_64::PageTableEntry;
using x86_64::PageTableIndex;
using x86_64::PageTableSpan;

constexpr std::uint64_t kTableFlags = PageTableEntry::kPresent | PageTableEntry::kWritable |
                                      PageTableEntry::kAccessed | PageTableEntry::kDirty;

PageTable& TableAt(PageTableEntry entry) { return *reinterpret_cast<PageTable*>(entry.address()); }

// The flags of a page's entry, without kLarge; zero for kNone.
constexpr std::uint64_t Flags(Access access, bool device) {
  std::uint64_t flags =
      PageTableEntry::kPresent | PageTableEntry::kAccessed | PageTableEntry::kDirty;
  if (device) {
    flags |= PageTableEntry::kCacheDisable | PageTableEntry::kWriteThrough;
  }
  switch (access) {
    case Access::kNone:
      return 0;
    case Access::kRead:
      return flags | PageTableEntry::kNoExecute;
    case Access::kReadWrite:
      return flags | PageTableEntry::kNoExecute | PageTableEntry::kWritable;
    case Access::kReadExecute:
      return flags;
  }
  return 0;
}

// What `entry` in a table at `level` becomes when a new table takes its place: the same translation
// in pieces.
void Split(PageTableEntry entry, unsigned level, PageTable& pieces) {
  if (!entry.present()) {
    std::fill_n(pieces, x86_64::kPageTableEntries, PageTableEntry{});
    return;
  }
  std::uint64_t value = entry.value;
  if (level == 2) {
    value &= ~PageTableEntry::kLarge;  // At level 1 the bit means something else.
  }
  for (PageTableEntry& piece : pieces) {
    piece = {value};
    value += PageTableSpan(level - 1);
  }
}

}  // namespace

bool PageTables::MayBePage(const Mapping& mapping, unsigned level) const {
  return (level < 3 || (level == 3 && gibibyte_pages_)) &&
         IsAligned(mapping.physical_address - mapping.virtual_address, PageTableSpan(level));
}

Result<void> PageTables::MakeTables(PageTable& table, unsigned level, Part part,
                                    const Mapping& mapping) {
  if (level == 1) {
    return {};
  }
  const std::uintptr_t span = PageTableSpan(level);
  const bool may_be_page = MayBePage(mapping, level);
  PageTableEntry* entry = &table[PageTableIndex(part.begin, level)];
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
      PageTable& pieces = *reinterpret_cast<PageTable*>(page);
      Split(*entry, level, pieces);
      *entry = {reinterpret_cast<std::uintptr_t>(page) | kTableFlags};
      ASHLAR_TRY(MakeTables(pieces, level - 1, {begin, last}, mapping));
    }
    if (last == part.last) {
      return {};
    }
    begin = last_of_entry + 1;
  }
}

void PageTables::Fill(PageTable& table, unsigned level, Part part, const Mapping& mapping) {
  const std::uint64_t flags = Flags(mapping.access, mapping.device);
  const std::uintptr_t span = PageTableSpan(level);
  const std::uint64_t offset = mapping.physical_address - mapping.virtual_address;
  PageTableEntry* entry = &table[PageTableIndex(part.begin, level)];
  if (level == 1) {  // most entries of a start
    std::uint64_t value = flags == 0 ? 0 : (part.begin + offset) | flags;
    const std::uint64_t step = flags == 0 ? 0 : kPageSize;
    const PageTableEntry* const end = &table[PageTableIndex(part.last, level)] + 1;
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
      *entry = {flags == 0 ? 0 : (begin + offset) | flags | PageTableEntry::kLarge};
    }
    if (last_of_entry >= part.last) {
      return;
    }
    begin = last_of_entry + 1;
  }
}

Result<void> PageTables::Map(const Mapping& mapping) {
  const std::uintptr_t last = mapping.virtual_address + (mapping.size - 1);
  constexpr std::uint64_t kMaxPhysical = PageTableEntry::kAddressMask + kPageSize;
  if (!IsAligned(mapping.virtual_address | mapping.physical_address | mapping.size, kPageSize) ||
      mapping.size == 0 || last < mapping.virtual_address || last >> 47 != 0 ||
      mapping.physical_address >= kMaxPhysical ||
      kMaxPhysical - mapping.physical_address < mapping.size) {
    return std::unexpected(Error::kInvalidArgument);
  }
  const Part whole = {mapping.virtual_address, last};
  ASHLAR_TRY(MakeTables(root_, 4, whole, mapping));
  Fill(root_, 4, whole, mapping);
  return {};
}

}  // namespace ashlar::page_map
