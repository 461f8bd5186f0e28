// Mapping a PV domain's memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "platforms/xen/start_information.h"

namespace ashlar::xen {

struct MappedPvRam {
  std::uintptr_t end;         ///< memory is mapped up to here
  std::uintptr_t tables_end;  ///< new page tables lie from the end of the bootstrap area to here
};

/// Maps what the domain builder left unmapped, at its pseudo-physical address, readable and
/// writable. 4 KiB pages, since a PV domain has no others: some 5 instructions of ours and 100 of
/// Xen's each. Once.
MappedPvRam MapPvRam(const PvStartInformation& information);

}  // namespace ashlar::xen
