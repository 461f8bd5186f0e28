// For machines whose page tables lie at their physical addresses.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "libs/arch/x86_64/control_registers.h"
#include "libs/arch/x86_64/is_mapped.h"
#include "libs/arch/x86_64/page_table_entry.h"

namespace ashlar::x86_64 {

bool IsMapped(std::uintptr_t address) {
  constexpr std::uintptr_t kFlags = 0xfff;
  const auto* root = reinterpret_cast<const PageTable*>(ReadCr3() & ~kFlags);
  return LookUp(*root, address).entry.present();
}

}  // namespace ashlar::x86_64
