// Which memory an image may change the permissions of.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace ashlar::identity_map {

/// Whether `pages` are whole pages, all in the image or all in one of the memory map's free
/// regions.
bool IsImageRam(std::span<const std::byte> pages);

}  // namespace ashlar::identity_map
