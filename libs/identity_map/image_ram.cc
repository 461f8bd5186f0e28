// Pages are RAM of the image if they lie in it, or in one region of the memory map.
// SPDX-License-Identifier: Apache-2.0
#include "libs/identity_map/image_ram.h"

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/units.h"
#include "libs/memory_map/memory_map.h"

extern "C" {
extern const std::byte __image_start;
extern const std::byte __image_end;
}

namespace ashlar::identity_map {
namespace {

bool IsInside(std::uintptr_t base, std::size_t size, std::uintptr_t outer_base,
              std::size_t outer_size) {
  return base >= outer_base && size <= outer_size && base - outer_base <= outer_size - size;
}

}  // namespace

bool IsImageRam(std::span<const std::byte> pages) {
  const auto base = reinterpret_cast<std::uintptr_t>(pages.data());
  if (!IsAligned(base | pages.size(), kPageSize)) {
    return false;
  }
  const auto image = reinterpret_cast<std::uintptr_t>(&__image_start);
  if (IsInside(base, pages.size(), image, reinterpret_cast<std::uintptr_t>(&__image_end) - image)) {
    return true;
  }
  for (const memory_map::Region& region : memory_map::FreeRegions()) {
    if (IsInside(base, pages.size(), region.base, region.size)) {
      return true;
    }
  }
  return false;
}

}  // namespace ashlar::identity_map
