// The page map of a virtual machine: the image's own page tables, growing by pages of the page
// allocator.
// SPDX-License-Identifier: Apache-2.0
#include "libs/page_map/page_map.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "libs/arch/x86_64/control_registers.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/memory_map/memory_map.h"
#include "libs/page_allocator/page_allocator.h"
#include "libs/page_map/page_tables_x86_64.h"
#include "platforms/kvm/physical_memory.h"

extern "C" {
extern const std::byte __image_start;
extern const std::byte __image_end;
}

namespace ashlar::page_map {
namespace {

std::byte* AllocateTable() {
  const Result<std::span<std::byte>> page = page_allocator::Allocate(kPageSize);
  return page ? page->data() : nullptr;
}

bool IsInside(std::uintptr_t base, std::size_t size, std::uintptr_t outer_base,
              std::size_t outer_size) {
  return base >= outer_base && size <= outer_size && base - outer_base <= outer_size - size;
}

bool IsImageRam(std::uintptr_t base, std::size_t size) {
  const auto image = reinterpret_cast<std::uintptr_t>(&__image_start);
  if (IsInside(base, size, image, reinterpret_cast<std::uintptr_t>(&__image_end) - image)) {
    return true;
  }
  for (const memory_map::Region& region : memory_map::FreeRegions()) {
    if (IsInside(base, size, region.base, region.size)) {
      return true;
    }
  }
  return false;
}

void Invalidate(std::uintptr_t base, std::size_t size) {
  constexpr std::size_t kFewPages = 32;
  if (size > kFewPages * kPageSize) {
    kvm::ForgetTranslations();
    return;
  }
  for (std::uintptr_t page = base; page < base + size; page += kPageSize) {
    x86_64::InvalidatePage(page);
  }
}

}  // namespace

Result<void> Protect(std::span<std::byte> pages, Access access) {
  const auto base = reinterpret_cast<std::uintptr_t>(pages.data());
  if (!IsAligned(base | pages.size(), kPageSize) || !IsImageRam(base, pages.size())) {
    return std::unexpected(Error::kInvalidArgument);
  }
  if (pages.empty()) {
    return {};
  }
  ASHLAR_TRY(kvm::Tables(AllocateTable)
                 .Map({.virtual_address = base,
                       .physical_address = base,
                       .size = pages.size(),
                       .access = access}));
  Invalidate(base, pages.size());
  return {};
}

Result<volatile std::byte*> MapDevice(std::uint64_t physical_address, std::size_t size) {
  volatile std::byte* const registers = kvm::DeviceRegisters(physical_address, size, AllocateTable);
  if (registers == nullptr) {
    return std::unexpected(Error::kOutOfMemory);
  }
  return registers;
}

}  // namespace ashlar::page_map
