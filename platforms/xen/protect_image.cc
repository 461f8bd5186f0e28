// A PV domain's first act: names its exception handlers, and gives each part of the image its own
// permissions.
//
// Xen's domain builder maps everything readable, writable and executable [xen.h "start-of-day
// memory layout"], page zero included. Where there is code, new last-level tables take the place of
// the builder's, without what lies behind the bootstrap area, which the memory map maps when asked:
// Xen checks a new table in half the time that it takes to change each entry of the old one.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/check.h"
#include "libs/base/units.h"
#include "libs/xen/abi.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/pv_page_tables.h"
#include "platforms/xen/start.h"

extern "C" {
// A PVH domain's, one for each 2 MiB up to the image's end; all zero in a PV domain.
extern ashlar::x86_64::PageTable __page_tables[];

extern const std::byte __text_start;
extern const std::byte __text_end;
extern const std::byte __rodata_end;
extern const std::byte __boot_stack_guard;

// What Xen enters on an exception, for each vector (entry.S).
extern const std::byte ashlar_xen_exception_stubs[32][8];
}

namespace ashlar::xen {
namespace {

using x86_64::PageTableEntry;

constexpr std::size_t kSlot = x86_64::PageTableSpan(2);

// Those of exceptions that there are. INT3 and INTO may be raised by code in ring 3, which we are.
constexpr std::uint8_t kVectors = 20;
constexpr std::array<TrapInfo, kVectors + 1> kTrapTable = [] {
  constexpr std::uint8_t kByAnybody = 3;
  constexpr std::uint8_t kMaskEvents = 4;
  std::array<TrapInfo, kVectors + 1> table = {};
  for (std::uint8_t vector = 0; vector < kVectors; ++vector) {
    const bool by_instruction = vector == 3 || vector == 4;
    table[vector] = {
        .vector = vector,
        .flags = static_cast<std::uint8_t>(kMaskEvents | (by_instruction ? kByAnybody : 0)),
        .code_segment = kFlatKernelCode,
        .padding = 0,
        .address = ashlar_xen_exception_stubs[vector],
    };
  }
  return table;
}();

// Has nothing be executed under the entries of `table` that are there, but for those in [first,
// last].
void ForbidExecution(PvUpdates& updates, const PvTable& table, std::size_t first,
                     std::size_t last) {
  for (std::size_t i = 0; i < x86_64::kPageTableEntries; ++i) {
    if (table[i].present() && (i < first || i > last)) {
      updates.Add(table, i, table[i].value | PageTableEntry::kNoExecute);
    }
  }
}

// Clears and sets flags of the pages in [begin, end).
void Change(PvUpdates& updates, std::uintptr_t begin, std::uintptr_t end, std::uint64_t clear,
            std::uint64_t set) {
  while (begin < end) {
    const std::uintptr_t end_of_slot = std::min(AlignDown(begin, kSlot) + kSlot, end);
    const std::optional<PvTable> table = FindTable(begin, 1);
    for (; table && begin < end_of_slot; begin += kPageSize) {
      const std::size_t i = x86_64::PageTableIndex(begin, 1);
      if ((*table)[i].present()) {
        updates.Add(*table, i, ((*table)[i].value & ~clear) | set);
      }
    }
    begin = end_of_slot;
  }
}

// The addresses of the image's parts.
struct Layout {
  std::uintptr_t text = reinterpret_cast<std::uintptr_t>(&__text_start);
  std::uintptr_t text_end = reinterpret_cast<std::uintptr_t>(&__text_end);
  std::uintptr_t rodata_end = reinterpret_cast<std::uintptr_t>(&__rodata_end);
  std::uintptr_t guard = reinterpret_cast<std::uintptr_t>(&__boot_stack_guard);

  std::size_t first_slot() const { return text / kSlot; }
  std::size_t last_slot() const { return (text_end - 1) / kSlot; }
  std::uintptr_t new_tables() const {
    return reinterpret_cast<std::uintptr_t>(&__page_tables[first_slot()]);
  }
  std::uintptr_t new_tables_end() const {
    return reinterpret_cast<std::uintptr_t>(&__page_tables[last_slot() + 1]);
  }

  // What `entry`, which maps `page` for everything, becomes.
  std::uint64_t Entry(std::uintptr_t page, std::uint64_t entry) const {
    if (page == guard) {
      return 0;
    }
    const bool is_code = page >= text && page < text_end;
    const bool is_constant = page >= text && page < rodata_end;
    const bool is_table = page >= new_tables() && page < new_tables_end();
    return (is_constant || is_table ? entry & ~PageTableEntry::kWritable : entry) |
           (is_code ? 0 : PageTableEntry::kNoExecute);
  }
};

void Fill(const Layout& layout, const PvTable& old, std::size_t slot, std::uintptr_t end) {
  std::uintptr_t page = slot * kSlot;
  for (std::size_t i = 0; i < x86_64::kPageTableEntries && page < end; ++i) {
    __page_tables[slot][i] = {layout.Entry(page, old[i].value)};
    page += kPageSize;
  }
}

// Xen takes no table that the domain can write.
void Install(PvUpdates& updates, const PvTable& level2, std::size_t slot) {
  const auto page = reinterpret_cast<std::uintptr_t>(&__page_tables[slot]);
  const std::optional<PvTable> table = FindTable(page, 1);
  const PageTableEntry entry = (*table)[x86_64::PageTableIndex(page, 1)];
  updates.Add(*table, x86_64::PageTableIndex(page, 1), entry.value & ~PageTableEntry::kWritable);
  updates.Add(level2, slot, entry.address() | (level2[slot].value & ~PageTableEntry::kAddressMask));
}

}  // namespace

extern "C" void ashlar_xen_protect_image() {
  if (!SetTrapTable(kTrapTable.data())) {
    Panic("Xen refused the handlers of exceptions");
  }
  const Layout layout;
  const std::uintptr_t end = PvStart().end_of_bootstrap();
  const PvTable level2 = *FindTable(layout.text, 2);
  PvUpdates updates;
  ForbidExecution(updates, *FindTable(layout.text, 3), 0, 0);
  ForbidExecution(updates, level2, layout.first_slot(), layout.last_slot());
  for (std::size_t slot = layout.first_slot(); slot <= layout.last_slot(); ++slot) {
    Fill(layout, TableOf(level2[slot]), slot, end);
  }
  for (std::size_t slot = layout.first_slot(); slot <= layout.last_slot(); ++slot) {
    Install(updates, level2, slot);
  }
  // What of a large image's constants lies beyond, and its guard.
  const std::uintptr_t end_of_slots = (layout.last_slot() + 1) * kSlot;
  Change(updates, end_of_slots, layout.rodata_end, PageTableEntry::kWritable, 0);
  if (layout.guard >= end_of_slots) {
    Change(updates, layout.guard, layout.guard + kPageSize, ~std::uint64_t{0}, 0);
  }
  if (!updates.Finish() || !UpdateMapping(0, 0, Flush::kAll)) {
    Panic("Xen refused the permissions of the image's pages");
  }
}

}  // namespace ashlar::xen
