// A PV domain's page tables: it may read them, and Xen writes them for it.
//
// They lie in the domain's own memory at the addresses that they map to themselves, read-only, and
// their entries hold machine pages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/xen/abi.h"

namespace ashlar::xen {

/// A page-table page: where it can be read, and where its entries are written.
struct PvTable {
  const x86_64::PageTable* entries = nullptr;
  std::uint64_t machine_address = 0;

  x86_64::PageTableEntry operator[](std::size_t i) const { return (*entries)[i]; }
};

/// The domain's own page that the machine page `frame` is; the result is unchecked unless the page
/// is known to be the domain's.
inline std::uint64_t OwnFrame(std::uint64_t machine_frame) {
  if (machine_frame >= kMachineToPhysicalEntries) {
    return ~std::uint64_t{0};
  }
  return reinterpret_cast<const volatile std::uint64_t*>(kMachineToPhysical)[machine_frame];
}

/// The table that an entry of the domain's own leads to.
PvTable TableOf(x86_64::PageTableEntry entry);

/// The topmost table, which stays for as long as the domain is not restored.
const PvTable& RootTable();
/// It was restored: the table has another machine address.
void ForgetRootTable();

/// The table at `level` (4: the topmost, 1: the last) on the way to `address`. Nothing: it is
/// missing.
std::optional<PvTable> FindTable(std::uintptr_t address, unsigned level);

/// Changes to page tables, handed to Xen many at a time. There is one buffer: no two of these at
/// once.
class PvUpdates {
 public:
  PvUpdates() = default;
  PvUpdates(const PvUpdates&) = delete;
  PvUpdates& operator=(const PvUpdates&) = delete;

  /// Notes `value` for entry `index` of `table`, and hands over what is noted when the buffer is
  /// full.
  void Add(const PvTable& table, std::size_t index, std::uint64_t value);
  /// Notes `entry(page)` for each page in [begin, end), whose last-level tables are there.
  template <typename Entry>
  void AddPages(std::uintptr_t begin, std::uintptr_t end, Entry entry) {
    std::optional<PvTable> table;
    for (std::uintptr_t page = begin; page < end; page += kPageSize) {
      const std::size_t index = x86_64::PageTableIndex(page, 1);
      if (!table || index == 0) {
        table = FindTable(page, 1);
      }
      Add(*table, index, entry(page));
    }
  }
  /// Hands over the rest. An error: Xen refused some change since the last Finish().
  Result<void> Finish();

 private:
  void HandOver();

  std::size_t count_ = 0;
  Result<void> result_;
};

}  // namespace ashlar::xen
