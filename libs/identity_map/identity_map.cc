// Maps physical memory on demand, at its own address.
// SPDX-License-Identifier: Apache-2.0
#include "libs/identity_map/identity_map.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "libs/arch/page_table.h"
#include "libs/arch/paging.h"
#include "libs/base/units.h"
#include "libs/page_map/page_tables.h"

// The linker script's; entry.S fills the first in. (Aligned arrays of our own would align, and so
// pad, the file.) Its number of spare tables is the last one's address.
extern "C" {
extern ashlar::arch::PageTable __page_map_level_4;
extern std::byte __spare_page_tables[][ashlar::kPageSize];
extern const std::byte ashlar_spare_page_tables;
}

namespace ashlar::identity_map {
namespace {

using arch::PageTableEntry;

// What is mapped here is never executed.
enum class Kind : std::uint8_t { kReadOnly, kReadWrite, kDevice };

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
                                  Kind kind, page_map::PageTables::AllocateTable allocate) {
  while (begin < end) {
    arch::PageTable* table = &__page_map_level_4;
    unsigned level = 4;
    PageTableEntry* entry = &(*table)[arch::PageTableIndex(begin, level)];
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
        arch::ReplaceInUse::Replace(*entry,
                                    PageTableEntry::Table(reinterpret_cast<std::uintptr_t>(page)));
      }
      table = reinterpret_cast<arch::PageTable*>(entry->address());
      --level;
      entry = &(*table)[arch::PageTableIndex(begin, level)];
    }
    begin = AlignDown(begin, arch::PageTableSpan(level));
    if (!entry->present()) {
      *entry = {(begin - offset) | PageTableEntry::PageFlags(level, kind != Kind::kReadOnly, false,
                                                             kind == Kind::kDevice)};
    }
    begin += arch::PageTableSpan(level);
  }
  arch::PublishTables();
  return true;
}

}  // namespace

std::byte* AllocateSpareTable() {
  return spare_tables_used == reinterpret_cast<std::uintptr_t>(&ashlar_spare_page_tables)
             ? nullptr
             : __spare_page_tables[spare_tables_used++];
}

page_map::PageTables Tables(page_map::PageTables::AllocateTable allocate) {
  return {__page_map_level_4, allocate, arch::HasGibibytePages()};
}

void ForgetTranslations() { arch::ForgetTranslations(); }

std::span<const std::byte> ReadablePhysical(std::uint64_t address, std::size_t size) {
  if (!IsReachable(address, size) || (address < kPageSize && address + size > kPageZeroAliasSize)) {
    return {};
  }
  const std::uintptr_t offset = address < kPageSize ? kPageZeroAlias : 0;
  address += offset;
  if (!MapMissing(AlignDown(address, kPageSize), AlignUp(address + size, kPageSize), offset,
                  Kind::kReadOnly, AllocateSpareTable)) {
    return {};
  }
  return {reinterpret_cast<const std::byte*>(address), size};
}

std::span<std::byte> WritablePhysical(std::uint64_t address, std::size_t size) {
  if (!IsReachable(address, size) ||
      !MapMissing(AlignDown(address, kPageSize), AlignUp(address + size, kPageSize), 0,
                  Kind::kReadWrite, AllocateSpareTable)) {
    return {};
  }
  return {reinterpret_cast<std::byte*>(address), size};
}

volatile std::byte* DeviceRegisters(std::uint64_t address, std::size_t size,
                                    page_map::PageTables::AllocateTable allocate) {
  if (!IsReachable(address, size) ||
      !MapMissing(AlignDown(address, kPageSize), AlignUp(address + size, kPageSize), 0,
                  Kind::kDevice, allocate)) {
    return nullptr;
  }
  return reinterpret_cast<volatile std::byte*>(address);
}

}  // namespace ashlar::identity_map
