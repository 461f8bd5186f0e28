// Changing x86-64 page tables: what the machines' page map and memory map are made of.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/result.h"
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

/// One set of page tables, in memory that lies at its physical addresses. A value: a reference and
/// a policy.
class PageTables {
 public:
  /// A page for a new table, at its physical address; the contents don't matter. nullptr: there is
  /// none.
  using AllocateTable = std::byte* (*)();

  PageTables(x86_64::PageTable& root, AllocateTable allocate_table, bool gibibyte_pages)
      : root_(root), allocate_table_(allocate_table), gibibyte_pages_(gibibyte_pages) {}

  /// Maps, or unmaps with Access::kNone. Uses the largest pages that fit, splits larger ones that
  /// are there, and keeps tables that are there. kOutOfMemory: no page for a table; no address
  /// changed its meaning. The CPU may go on using what was mapped before: the caller invalidates.
  Result<void> Map(const Mapping& mapping);

 private:
  // The part of a mapping that falls under one table.
  struct Part {
    std::uintptr_t begin;
    std::uintptr_t last;  // inclusive: the end may be the end of the address space
  };

  bool MayBePage(const Mapping& mapping, unsigned level) const;
  Result<void> MakeTables(x86_64::PageTable& table, unsigned level, Part part,
                          const Mapping& mapping);
  void Fill(x86_64::PageTable& table, unsigned level, Part part, const Mapping& mapping);

  x86_64::PageTable& root_;
  AllocateTable allocate_table_;
  bool gibibyte_pages_;
};

}  // namespace ashlar::page_map
