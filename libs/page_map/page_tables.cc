// The page tables of the CPU an image is for, compiled once.
// SPDX-License-Identifier: Apache-2.0
#include "libs/page_map/page_tables.h"

#include "libs/arch/paging.h"

namespace ashlar::page_map {

template class BasicPageTables<arch::PageTableEntry, arch::ReplaceInUse>;

}  // namespace ashlar::page_map
