// Maps physical memory on demand, at its own address.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/kvm/physical_memory.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/arch/x86_64/control_registers.h"
#include "libs/arch/x86_64/cpuid.h"
#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/page_map/page_map.h"
#include "libs/page_map/page_tables_x86_64.h"

// The linker script's, made by entry.S.
extern "C" ashlar::x86_64::PageTable __page_map_level_4;

namespace ashlar::kvm {
namespace {

using page_map::Access;

// Page zero stays unmapped, so that null pointers fault; yet QEMU's loader leaves things there. They are read here,
// where PCs have the display's memory and no loader leaves anything.
constexpr std::uintptr_t kPageZeroAlias = 0xa0000;
constexpr std::size_t kPageZeroAliasSize = 0x20000;

// The tables that reading firmware tables at the top of RAM, and one device beyond it, takes before the page
// allocator can be asked.
constexpr std::size_t kSpareTables = 2;
alignas(kPageSize) constinit std::byte spare_tables[kSpareTables][kPageSize] = {};
constinit std::size_t spare_tables_used = 0;

// Maps what is not mapped yet of [begin, end) to itself, in the largest pieces that need no new table.
Result<void> MapMissing(std::uintptr_t begin, std::uintptr_t end, Access access, bool device,
                        page_map::PageTables::AllocateTable allocate) {
  page_map::PageTables tables(__page_map_level_4, allocate, false);
  for (std::uintptr_t address = begin; address < end;) {
    const x86_64::Translation found = x86_64::LookUp(__page_map_level_4, address);
    // Where there is no last-level table, 2 MiB at once: no table to make, and firmware tables lie close together.
    const std::size_t size = found.level == 1 ? kPageSize : x86_64::PageTableSpan(2);
    const std::uintptr_t base = AlignDown(address, size);
    if (!found.entry.present()) {
      ASHLAR_TRY(tables.Map({.virtual_address = base, .physical_address = base, .size = size, .access = access,
                             .device = device}));
    }
    address = base + size;
  }
  return {};
}

bool Reachable(std::uint64_t address, std::size_t size) {
  constexpr std::uint64_t kEnd = std::uint64_t{1} << 47;
  return size != 0 && address < kEnd && size <= kEnd - address;
}

}  // namespace

std::byte* AllocateSpareTable() {
  return spare_tables_used == kSpareTables ? nullptr : spare_tables[spare_tables_used++];
}

page_map::PageTables Tables(page_map::PageTables::AllocateTable allocate) {
  return {__page_map_level_4, allocate, x86_64::HasGibibytePages()};
}

void ForgetTranslations() { x86_64::WriteCr3(x86_64::ReadCr3()); }

std::span<const std::byte> ReadablePhysical(std::uint64_t address, std::size_t size) {
  if (!Reachable(address, size)) {
    return {};
  }
  if (address < kPageSize) {
    if (address + size > kPageZeroAliasSize) {
      return {};
    }
    page_map::PageTables tables(__page_map_level_4, AllocateSpareTable, false);
    if (!tables.Map({.virtual_address = kPageZeroAlias,
                     .physical_address = 0,
                     .size = AlignUp(address + size, kPageSize),
                     .access = Access::kRead})) {
      return {};
    }
    address += kPageZeroAlias;
  } else if (!MapMissing(AlignDown(address, kPageSize), AlignUp(address + size, kPageSize), Access::kRead, false,
                         AllocateSpareTable)) {
    return {};
  }
  return {reinterpret_cast<const std::byte*>(address), size};
}

volatile std::byte* DeviceRegisters(std::uint64_t address, std::size_t size,
                                    page_map::PageTables::AllocateTable allocate) {
  if (!Reachable(address, size) ||
      !MapMissing(AlignDown(address, kPageSize), AlignUp(address + size, kPageSize), Access::kReadWrite, true,
                  allocate)) {
    return nullptr;
  }
  return reinterpret_cast<volatile std::byte*>(address);
}

}  // namespace ashlar::kvm
