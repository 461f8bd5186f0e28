// A PV domain's first act: names its exception handlers, and gives each part of the image its own
// permissions.
//
// Xen's domain builder maps everything readable, writable and executable [xen.h "start-of-day
// memory layout"], page zero included.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/check.h"
#include "libs/base/units.h"
#include "libs/xen/abi.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/pv_page_tables.h"

extern "C" {
extern const std::byte __text_start;
extern const std::byte __text_end;
extern const std::byte __rodata_end;
extern const std::byte __boot_stack_guard;

extern const ashlar::xen::TrapInfo ashlar_xen_trap_table;
}

namespace ashlar::xen {
namespace {

using x86_64::PageTableEntry;

constexpr std::size_t kSlot = x86_64::PageTableSpan(2);

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

}  // namespace

extern "C" void ashlar_xen_protect_image() {
  constexpr std::uint64_t kWritable = PageTableEntry::kWritable;
  constexpr std::uint64_t kNoExecute = PageTableEntry::kNoExecute;
  SetTrapTable(&ashlar_xen_trap_table);

  const auto text = reinterpret_cast<std::uintptr_t>(&__text_start);
  const auto text_end = reinterpret_cast<std::uintptr_t>(&__text_end);
  const auto rodata_end = reinterpret_cast<std::uintptr_t>(&__rodata_end);
  const auto guard = reinterpret_cast<std::uintptr_t>(&__boot_stack_guard);
  PvUpdates updates;
  // Page by page only where there is code.
  ForbidExecution(updates, *FindTable(text, 3), 0, 0);
  ForbidExecution(updates, *FindTable(text, 2), text / kSlot, (text_end - 1) / kSlot);
  Change(updates, AlignDown(text, kSlot), text, 0, kNoExecute);
  Change(updates, text, text_end, kWritable, 0);
  Change(updates, text_end, rodata_end, kWritable, kNoExecute);
  Change(updates, rodata_end, AlignUp(text_end, kSlot), 0, kNoExecute);
  Change(updates, guard, guard + kPageSize, ~std::uint64_t{0}, 0);
  if (!updates.Finish() || !UpdateMapping(0, 0, Flush::kAll)) {
    Panic("Xen refused the permissions of the image's pages");
  }
}

}  // namespace ashlar::xen
