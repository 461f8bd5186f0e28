// The page map of machines that own their page tables: the image's own page tables.
// SPDX-License-Identifier: Apache-2.0
#include "libs/page_map/page_map.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/identity_map/page_map.h"

namespace ashlar::page_map {

Result<void> Protect(std::span<std::byte> pages, Access access) {
  return identity_map::Protect(pages, access);
}

Result<volatile std::byte*> MapDevice(std::uint64_t physical_address, std::size_t size) {
  return identity_map::MapDevice(physical_address, size);
}

}  // namespace ashlar::page_map
