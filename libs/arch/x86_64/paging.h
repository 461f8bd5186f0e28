// What libs/arch/paging.h asks of a CPU.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/arch/x86_64/control_registers.h"
#include "libs/arch/x86_64/cpuid.h"
#include "libs/arch/x86_64/page_table_entry.h"

namespace ashlar::x86_64::paging {

using x86_64::InvalidatePage;
using x86_64::PageTable;
using x86_64::PageTableEntry;

inline bool HasGibibytePages() { return x86_64::HasGibibytePages(); }

/// Entries that led nowhere before: no CPU remembers those [SDM 3 §4.10.2.3], and stores are seen
/// in order.
inline void PublishTables() {}

/// Drops every cached translation.
inline void ForgetTranslations() { WriteCr3(ReadCr3()); }

/// Replaces an entry by one that leads to a table; if it is in use, to the same effect.
struct ReplaceInUse {
  static void Replace(PageTableEntry& entry, PageTableEntry value) { entry = value; }
};

}  // namespace ashlar::x86_64::paging
