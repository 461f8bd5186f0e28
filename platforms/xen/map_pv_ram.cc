// Maps what Xen has not, with tables that the domain makes read-only before Xen takes them.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/map_pv_ram.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/units.h"
#include "platforms/xen/pv_page_tables.h"
#include "platforms/xen/start_information.h"

namespace ashlar::xen {
namespace {

using x86_64::PageTable;
using x86_64::PageTableEntry;
using x86_64::PageTableIndex;
using x86_64::PageTableSpan;

constexpr std::uint64_t kReadOnly =
    PageTableEntry::kPresent | PageTableEntry::kAccessed | PageTableEntry::kNoExecute;
constexpr std::uint64_t kReadWrite = kReadOnly | PageTableEntry::kWritable | PageTableEntry::kDirty;
// [xen.h, SDM 3 §4.5] A table's entry; code under it is the user's, since a PV domain runs in
// ring 3.
constexpr std::uint64_t kTable = PageTableEntry::kPresent | PageTableEntry::kWritable |
                                 PageTableEntry::kAccessed | PageTableEntry::kDirty | 1 << 2;

class Mapper {
 public:
  explicit Mapper(const PvStartInformation& information)
      : frames_(information.frames()),
        bootstrap_end_(information.end_of_bootstrap()),
        next_table_(bootstrap_end_) {}

  // Maps what is missing of the 2 MiB from `begin` on, up to the last page. False: there is no
  // memory for a table, or Xen refuses.
  bool Map(std::uintptr_t begin) {
    const std::size_t first = begin / kPageSize;
    const std::span<const std::uint64_t> frames =
        frames_.subspan(first, std::min(x86_64::kPageTableEntries, frames_.size() - first));
    if (const std::optional<PvTable> table = FindTable(begin, 1)) {
      // What is missing below the end of the bootstrap area is so on purpose: the guard page.
      const std::size_t first_missing =
          bootstrap_end_ / kPageSize > first ? bootstrap_end_ / kPageSize - first : 0;
      for (std::size_t i = first_missing; i < frames.size(); ++i) {
        if (!(*table)[i].present()) {
          updates_.Add(*table, i, frames[i] * kPageSize | kReadWrite);
        }
      }
      return updates_.Finish().has_value();
    }
    const std::optional<PvTable> parent = FindOrMakeLevel2(begin);
    PageTable* const table = parent ? TakePage() : nullptr;
    if (table == nullptr) {
      return false;
    }
    for (std::size_t i = 0; i < frames.size(); ++i) {
      (*table)[i] = {frames[i] * kPageSize | kReadWrite};
    }
    std::fill(&(*table)[frames.size()], std::end(*table), PageTableEntry{});
    return Install(*table, *parent, PageTableIndex(begin, 2));
  }

  std::uintptr_t next_table() const { return next_table_; }

 private:
  std::uint64_t MachineAddress(std::uintptr_t page) const {
    return frames_[page / kPageSize] * kPageSize;
  }

  // A mapped page for a table.
  PageTable* TakePage() {
    if (next_table_ / kPageSize >= frames_.size()) {
      return nullptr;
    }
    const std::optional<PvTable> table = FindTable(next_table_, 1);
    if (!table || !(*table)[PageTableIndex(next_table_, 1)].present()) {
      return nullptr;
    }
    auto* const page = reinterpret_cast<PageTable*>(next_table_);
    next_table_ += kPageSize;
    return page;
  }

  // Xen takes no table that the domain can write.
  bool Install(const PageTable& table, const PvTable& parent, std::size_t index) {
    const auto address = reinterpret_cast<std::uintptr_t>(&table);
    const std::uint64_t machine_address = MachineAddress(address);
    updates_.Add(*FindTable(address, 1), PageTableIndex(address, 1), machine_address | kReadOnly);
    updates_.Add(parent, index, machine_address | kTable);
    return updates_.Finish().has_value();
  }

  std::optional<PvTable> FindOrMakeLevel2(std::uintptr_t begin) {
    const std::optional<PvTable> there = FindTable(begin, 2);
    const std::optional<PvTable> parent = FindTable(begin, 3);
    if (there || !parent) {
      return there;
    }
    PageTable* const table = TakePage();
    if (table == nullptr) {
      return std::nullopt;
    }
    std::memset(table, 0, sizeof *table);
    if (!Install(*table, *parent, PageTableIndex(begin, 3))) {
      return std::nullopt;
    }
    return PvTable{table, MachineAddress(reinterpret_cast<std::uintptr_t>(table))};
  }

  std::span<const std::uint64_t> frames_;
  std::uintptr_t bootstrap_end_;
  std::uintptr_t next_table_;
  PvUpdates updates_;
};

}  // namespace

MappedPvRam MapPvRam(const PvStartInformation& information) {
  const std::uintptr_t end = information.page_count() * kPageSize;
  Mapper mapper(information);
  std::uintptr_t begin = AlignDown(information.end_of_bootstrap(), PageTableSpan(2));
  while (begin < end && mapper.Map(begin)) {
    begin += PageTableSpan(2);
  }
  return {std::max(std::min(begin, end), mapper.next_table()), mapper.next_table()};
}

}  // namespace ashlar::xen
