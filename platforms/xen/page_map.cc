// The page map of a Xen domain: a PVH domain's own page tables, or requests to Xen about a PV
// domain's.
// SPDX-License-Identifier: Apache-2.0
#include "libs/page_map/page_map.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/identity_map/identity_map.h"
#include "libs/identity_map/image_ram.h"
#include "libs/identity_map/protect.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/pv_page_tables.h"
#include "platforms/xen/start.h"

namespace ashlar::page_map {
namespace {

using x86_64::PageTableEntry;

std::uint64_t Flags(Access access) {
  constexpr std::uint64_t kRead = PageTableEntry::kPresent | PageTableEntry::kAccessed;
  switch (access) {
    case Access::kNone:
      return 0;
    case Access::kRead:
      return kRead | PageTableEntry::kNoExecute;
    case Access::kReadWrite:
      return kRead | PageTableEntry::kNoExecute | PageTableEntry::kWritable |
             PageTableEntry::kDirty;
    case Access::kReadExecute:
      return kRead;
  }
  return 0;
}

// Every page of the image and of the free regions has its entry, so no table is ever missing.
Result<void> ProtectPv(std::span<std::byte> pages, Access access) {
  if (!identity_map::IsImageRam(pages)) {
    return std::unexpected(Error::kInvalidArgument);
  }
  const std::span<const std::uint64_t> frames = xen::PvStart().frames();
  const std::uint64_t flags = Flags(access);
  const auto entry = [&](std::uintptr_t page) {
    return flags == 0 ? 0 : frames[page / kPageSize] * kPageSize | flags;
  };
  const auto begin = reinterpret_cast<std::uintptr_t>(pages.data());
  if (pages.size() == kPageSize) {  // guard pages
    return xen::UpdateMapping(begin, entry(begin), xen::Flush::kPage);
  }
  xen::PvUpdates updates;
  std::optional<xen::PvTable> table;
  for (std::uintptr_t page = begin; page < begin + pages.size(); page += kPageSize) {
    const std::size_t index = x86_64::PageTableIndex(page, 1);
    if (!table || index == 0) {
      table = xen::FindTable(page, 1);
    }
    updates.Add(*table, index, entry(page));
  }
  const Result<void> result = updates.Finish();
  xen::ForgetTranslations();
  return result;
}

std::byte* AllocateTable() {
  const Result<std::span<std::byte>> page = page_allocator::Allocate(kPageSize);
  return page ? page->data() : nullptr;
}

}  // namespace

Result<void> Protect(std::span<std::byte> pages, Access access) {
  return xen::IsPv() ? ProtectPv(pages, access) : identity_map::Protect(pages, access);
}

Result<volatile std::byte*> MapDevice(std::uint64_t physical_address, std::size_t size) {
  if (xen::IsPv()) {
    return std::unexpected(Error::kUnsupported);
  }
  volatile std::byte* const registers =
      identity_map::DeviceRegisters(physical_address, size, AllocateTable);
  if (registers == nullptr) {
    return std::unexpected(Error::kOutOfMemory);
  }
  return registers;
}

}  // namespace ashlar::page_map
