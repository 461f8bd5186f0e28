// Maps physical memory on demand, at its own address.
// SPDX-License-Identifier: Apache-2.0
#include "libs/identity_map/identity_map.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "libs/arch/x86_64/control_registers.h"
#include "libs/arch/x86_64/cpuid.h"
#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/units.h"
#include "libs/page_map/page_tables_x86_64.h"

// The linker script's; entry.S fills the first in. (Aligned arrays of our own would align, and so
// pad, the file.) Its number of spare tables is the last one's address.
extern "C" {
extern ashlar::x86_64::PageTable __page_map_level_4;
extern std::byte __spare_page_tables[][ashlar::kPageSize];
extern const std::byte ashlar_spare_page_tables;
}

namespace ashlar::identity_map {
namespace {

using x86_64::PageTableEntry;

constexpr std::uint64_t kReadOnly =
    PageTableEntry::kPresent | PageTableEntry::kAccessed | PageTableEntry::kNoExecute;
constexpr std::uint64_t kUncached = kReadOnly | PageTableEntry::kWritable | PageTableEntry::kDirty |
                                    PageTableEntry::kCacheDisable | PageTableEntry::kWriteThrough;

// Page zero stays unmapped, so that null pointers fault; yet QEMU's loader leaves things there.
// They are read here, where PCs have the display's memory and no loader leaves anything.
constexpr std::uintptr_t kPageZeroAlias = 0xa0000;
constexpr std::size_t kPageZeroAliasSize = 0x20000;

constinit std::size_t spare_tables_used = 0;

// Maps what is not mapped yet of [begin, end) to the physical addresses `offset` below: by 2 MiB
// pages where there is no last-level table, since then there is none to make, and firmware's tables
// lie close together. False if a table is missing and there is none to be had.
//
// PageTables could do it, at the price of 2 KiB in every image: every image can power off.
// (Out of line: twice in every image otherwise.)
[[gnu::noinline]] bool MapMissing(std::uintptr_t begin, std::uintptr_t end, std::uintptr_t offset,
                                  std::uint64_t flags,
                                  page_map::PageTables::AllocateTable allocate) {
  constexpr std::uint64_t kTableFlags = PageTableEntry::kPresent | PageTableEntry::kWritable;
  while (begin < end) {
    x86_64::PageTable* table = &__page_map_level_4;
    unsigned level = 4;
    PageTableEntry* entry = &(*table)[x86_64::PageTableIndex(begin, level)];
    while (level != 1 && !(entry->present() && level != 4 && entry->large())) {
      if (!entry->present()) {
        if (level == 2) {
          break;
        }
        std::byte* const page = allocate();
        if (page == nullptr) {
          return false;
        }
        std::memset(page, 0, kPageSize);
        *entry = {reinterpret_cast<std::uintptr_t>(page) | kTableFlags};
      }
      table = reinterpret_cast<x86_64::PageTable*>(entry->address());
      --level;
      entry = &(*table)[x86_64::PageTableIndex(begin, level)];
    }
    begin = AlignDown(begin, x86_64::PageTableSpan(level));
    if (!entry->present()) {
      *entry = {(begin - offset) | flags | (level == 2 ? PageTableEntry::kLarge : 0)};
    }
    begin += x86_64::PageTableSpan(level);
  }
  return true;
}

bool Reachable(std::uint64_t address, std::size_t size) {
  constexpr std::uint64_t kEnd = std::uint64_t{1} << 47;
  return size != 0 && address < kEnd && size <= kEnd - address;
}

}  // namespace

std::byte* AllocateSpareTable() {
  return spare_tables_used == reinterpret_cast<std::uintptr_t>(&ashlar_spare_page_tables)
             ? nullptr
             : __spare_page_tables[spare_tables_used++];
}

page_map::PageTables Tables(page_map::PageTables::AllocateTable allocate) {
  return {__page_map_level_4, allocate, x86_64::HasGibibytePages()};
}

void ForgetTranslations() { x86_64::WriteCr3(x86_64::ReadCr3()); }

std::span<const std::byte> ReadablePhysical(std::uint64_t address, std::size_t size) {
  if (!Reachable(address, size) || (address < kPageSize && address + size > kPageZeroAliasSize)) {
    return {};
  }
  const std::uintptr_t offset = address < kPageSize ? kPageZeroAlias : 0;
  address += offset;
  if (!MapMissing(AlignDown(address, kPageSize), AlignUp(address + size, kPageSize), offset,
                  kReadOnly, AllocateSpareTable)) {
    return {};
  }
  return {reinterpret_cast<const std::byte*>(address), size};
}

std::span<std::byte> WritablePhysical(std::uint64_t address, std::size_t size) {
  if (!Reachable(address, size) ||
      !MapMissing(AlignDown(address, kPageSize), AlignUp(address + size, kPageSize), 0,
                  kReadOnly | PageTableEntry::kWritable | PageTableEntry::kDirty,
                  AllocateSpareTable)) {
    return {};
  }
  return {reinterpret_cast<std::byte*>(address), size};
}

volatile std::byte* DeviceRegisters(std::uint64_t address, std::size_t size,
                                    page_map::PageTables::AllocateTable allocate) {
  if (!Reachable(address, size) ||
      !MapMissing(AlignDown(address, kPageSize), AlignUp(address + size, kPageSize), 0, kUncached,
                  allocate)) {
    return nullptr;
  }
  return reinterpret_cast<volatile std::byte*>(address);
}

}  // namespace ashlar::identity_map
