// The page map of a PC: the image's own page tables, growing by pages of the page allocator.
// SPDX-License-Identifier: Apache-2.0
#include "libs/page_map/page_map.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/identity_map/identity_map.h"
#include "libs/identity_map/protect.h"
#include "libs/page_allocator/page_allocator.h"

namespace ashlar::page_map {
namespace {

std::byte* AllocateTable() {
  const Result<std::span<std::byte>> page = page_allocator::Allocate(kPageSize);
  return page ? page->data() : nullptr;
}

}  // namespace

Result<void> Protect(std::span<std::byte> pages, Access access) {
  return identity_map::Protect(pages, access);
}

Result<volatile std::byte*> MapDevice(std::uint64_t physical_address, std::size_t size) {
  volatile std::byte* const registers =
      identity_map::DeviceRegisters(physical_address, size, AllocateTable);
  if (registers == nullptr) {
    return std::unexpected(Error::kOutOfMemory);
  }
  return registers;
}

}  // namespace ashlar::page_map
