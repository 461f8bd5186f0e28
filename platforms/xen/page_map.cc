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
#include "libs/identity_map/image_ram.h"
#include "libs/identity_map/page_map.h"
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

// Around the image Xen's toolstack mapped everything executable, and the entries above forbid it.
bool MayBeExecuted(std::uintptr_t page) {
  for (const unsigned level : {4u, 3u, 2u}) {
    const std::optional<xen::PvTable> table = xen::FindTable(page, level);
    if (!table || !(*table)[x86_64::PageTableIndex(page, level)].executable()) {
      return false;
    }
  }
  return true;
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
  for (std::size_t i = 0; access == Access::kReadExecute && i < pages.size(); i += kPageSize) {
    if (!MayBeExecuted(begin + i)) {
      return std::unexpected(Error::kUnsupported);
    }
  }
  if (pages.size() == kPageSize) {  // guard pages
    return xen::UpdateMapping(begin, entry(begin), xen::Flush::kPage);
  }
  xen::PvUpdates updates;
  updates.AddPages(begin, begin + pages.size(), entry);
  const Result<void> result = updates.Finish();
  xen::ForgetTranslations();
  return result;
}

}  // namespace

Result<void> Protect(std::span<std::byte> pages, Access access) {
  return xen::IsPv() ? ProtectPv(pages, access) : identity_map::Protect(pages, access);
}

Result<volatile std::byte*> MapDevice(std::uint64_t physical_address, std::size_t size) {
  if (xen::IsPv()) {
    return std::unexpected(Error::kUnsupported);
  }
  return identity_map::MapDevice(physical_address, size);
}

}  // namespace ashlar::page_map
