// What RAM under the identity map allows: the page map's Protect() of machines that own their page
// tables.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "libs/base/result.h"
#include "libs/page_map/page_map.h"

namespace ashlar::identity_map {

/// As page_map::Protect(): `pages` must be whole pages of the image or of the memory map's free
/// regions.
Result<void> Protect(std::span<std::byte> pages, page_map::Access access);

}  // namespace ashlar::identity_map
