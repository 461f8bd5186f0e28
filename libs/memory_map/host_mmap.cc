// The memory map of a Linux process that has a C library: 64 MiB of anonymous memory, for unit
// tests.
// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/units.h"
#include "libs/memory_map/memory_map.h"

namespace ashlar::memory_map {
namespace {

constexpr std::size_t kSize = 64 * kMiB;

constinit Region region{.base = 0, .size = 0};

}  // namespace

std::span<const Region> FreeRegions() {
  if (region.size == 0) {
    void* memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
      return {};
    }
    region = {.base = reinterpret_cast<std::uintptr_t>(memory), .size = kSize};
  }
  return {&region, 1};
}

std::size_t TotalBytes() { return kSize; }

}  // namespace ashlar::memory_map
