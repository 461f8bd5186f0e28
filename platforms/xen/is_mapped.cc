// What the exceptions' report may read.
// SPDX-License-Identifier: Apache-2.0
#include "libs/arch/x86_64/is_mapped.h"

#include <cstdint>
#include <optional>

#include "libs/arch/x86_64/control_registers.h"
#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/units.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/pv_page_tables.h"

namespace ashlar::x86_64 {

bool IsMapped(std::uintptr_t address) {
  if (xen::IsPv()) {
    const std::optional<xen::PvTable> table = xen::FindTable(address, 1);
    return table && (*table)[PageTableIndex(address, 1)].present();
  }
  const std::uintptr_t root = AlignDown(ReadCr3(), kPageSize);
  return LookUp(*reinterpret_cast<const PageTable*>(root), address).entry.present();
}

}  // namespace ashlar::x86_64
