// Changes page tables' entries, and has the CPU forget what it knew of the pages. New tables are
// pages of the page allocator.
// SPDX-License-Identifier: Apache-2.0
#include "libs/identity_map/page_map.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "libs/arch/paging.h"
#include "libs/arch/publish_code.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/identity_map/identity_map.h"
#include "libs/identity_map/image_ram.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/page_map/page_map.h"
#include "libs/page_map/page_tables.h"

namespace ashlar::identity_map {
namespace {

std::byte* AllocateTable() {
  const Result<std::span<std::byte>> page = page_allocator::Allocate(kPageSize);
  return page ? page->data() : nullptr;
}

void Invalidate(std::uintptr_t base, std::size_t size) {
  constexpr std::size_t kFewPages = 32;
  if (size > kFewPages * kPageSize) {
    ForgetTranslations();
    return;
  }
  for (std::uintptr_t page = base; page < base + size; page += kPageSize) {
    arch::InvalidatePage(page);
  }
}

}  // namespace

Result<void> Protect(std::span<std::byte> pages, page_map::Access access) {
  if (!IsImageRam(pages)) {
    return std::unexpected(Error::kInvalidArgument);
  }
  if (pages.empty()) {
    return {};
  }
  const auto base = reinterpret_cast<std::uintptr_t>(pages.data());
  ASHLAR_TRY(Tables(AllocateTable)
                 .Map({.virtual_address = base,
                       .physical_address = base,
                       .size = pages.size(),
                       .access = access}));
  Invalidate(base, pages.size());
  if (access == page_map::Access::kReadExecute) {
    arch::PublishCode(base, pages.size());
  }
  return {};
}

Result<volatile std::byte*> MapDevice(std::uint64_t physical_address, std::size_t size) {
  if (!IsReachable(physical_address, size)) {
    return std::unexpected(Error::kInvalidArgument);
  }
  volatile std::byte* const registers = DeviceRegisters(physical_address, size, AllocateTable);
  if (registers == nullptr) {
    return std::unexpected(Error::kOutOfMemory);
  }
  return registers;
}

}  // namespace ashlar::identity_map
