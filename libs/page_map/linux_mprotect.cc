// The page map of a Linux process without a C library: mprotect.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "libs/arch/publish_code.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/linux/linux.h"
#include "libs/memory_map/memory_map.h"
#include "libs/page_map/page_map.h"

extern "C" std::byte __image_start[];
extern "C" std::byte __image_end[];

namespace ashlar::page_map {
namespace {

int ProtectionOf(Access access) {
  switch (access) {
    case Access::kNone:
      return linux::kProtNone;
    case Access::kRead:
      return linux::kProtRead;
    case Access::kReadWrite:
      return linux::kProtRead | linux::kProtWrite;
    case Access::kReadExecute:
      return linux::kProtRead | linux::kProtExecute;
  }
  return linux::kProtNone;
}

bool Within(std::span<std::byte> pages, std::uintptr_t base, std::size_t size) {
  const auto address = reinterpret_cast<std::uintptr_t>(pages.data());
  return address >= base && address - base <= size && pages.size() <= size - (address - base);
}

bool IsMemoryOfTheImage(std::span<std::byte> pages) {
  for (const memory_map::Region& region : memory_map::FreeRegions()) {
    if (Within(pages, region.base, region.size)) {
      return true;
    }
  }
  const auto image = AlignDown(reinterpret_cast<std::uintptr_t>(__image_start), kPageSize);
  return Within(pages, image,
                AlignUp(reinterpret_cast<std::uintptr_t>(__image_end), kPageSize) - image);
}

}  // namespace

Result<void> Protect(std::span<std::byte> pages, Access access) {
  if (!IsAligned(reinterpret_cast<std::uintptr_t>(pages.data()), kPageSize) ||
      !IsAligned(pages.size(), kPageSize) || !IsMemoryOfTheImage(pages)) {
    return std::unexpected(Error::kInvalidArgument);
  }
  // kOutOfMemory: the process has as many mappings as the kernel allows (vm.max_map_count).
  ASHLAR_TRY(linux::Protect(pages, ProtectionOf(access)));
  if (access == Access::kReadExecute) {
    // The kernel does it for a page that becomes executable for the first time only.
    arch::PublishCode(reinterpret_cast<std::uintptr_t>(pages.data()), pages.size());
  }
  return {};
}

Result<volatile std::byte*> MapDevice(std::uint64_t, std::size_t) {
  return std::unexpected(Error::kUnsupported);
}

}  // namespace ashlar::page_map
