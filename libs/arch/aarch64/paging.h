// What libs/arch/paging.h asks of a CPU.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/arch/aarch64/page_table_entry.h"
#include "libs/arch/aarch64/translation.h"

namespace ashlar::aarch64::paging {

using aarch64::ForgetTranslations;
using aarch64::InvalidatePage;
using aarch64::PageTable;
using aarch64::PageTableEntry;
using aarch64::PublishTables;

/// All have them with a granule of 4 KiB [ARM D8.3].
constexpr bool HasGibibytePages() { return true; }

/// Replaces an entry by one that leads to a table; if it is in use, to the same effect.
struct ReplaceInUse {
  static void Replace(PageTableEntry& entry, PageTableEntry value) {
    if (entry.present()) {
      ReplaceTableEntry(&entry.value, value.value);
    } else {
      PublishTables();  // The table first: the CPU may follow the entry before anyone asks.
      entry = value;
    }
  }
};

}  // namespace ashlar::aarch64::paging
