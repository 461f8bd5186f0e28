// The page map of machines that own their page tables: what their page_map backends forward to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/page_map/page_map.h"

namespace ashlar::identity_map {

/// As page_map::Protect(): `pages` must be whole pages of the image or of the memory map's free
/// regions.
Result<void> Protect(std::span<std::byte> pages, page_map::Access access);

/// As page_map::MapDevice().
Result<volatile std::byte*> MapDevice(std::uint64_t physical_address, std::size_t size);

}  // namespace ashlar::identity_map
