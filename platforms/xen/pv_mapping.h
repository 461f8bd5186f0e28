// Which page of the machine an address of a PV domain's data is mapped to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/start_information.h"

namespace ashlar::xen {

/// The entry of a page of data, readable and writable, at `machine_address`.
inline std::uint64_t DataEntry(std::uint64_t machine_address) {
  using x86_64::PageTableEntry;
  return machine_address | PageTableEntry::kPresent | PageTableEntry::kWritable |
         PageTableEntry::kAccessed | PageTableEntry::kDirty | PageTableEntry::kNoExecute;
}

/// Maps the page at `address`, whose table is there, to a page of the machine: readable and
/// writable.
inline Result<void> MapMachinePage(std::uintptr_t address, std::uint64_t machine_address) {
  return UpdateMapping(address, DataEntry(machine_address), Flush::kPage);
}

/// Maps it to the domain's own page again.
inline Result<void> MapOwnPage(const PvStartInformation& information, std::uintptr_t address) {
  return MapMachinePage(address, information.frames()[address / kPageSize] * kPageSize);
}

}  // namespace ashlar::xen
