// The memory map of a Linux process without a C library: one arena, reserved at first use.
//
// The parameter linuxu.memory=SIZE (bytes, or with a suffix K, M or G) sets its size; the host
// commits a page when it is first touched.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/command_line/command_line.h"
#include "libs/linux/linux.h"
#include "libs/memory_map/memory_map.h"
#include "libs/memory_map/size.h"

extern "C" std::byte __image_start[];
extern "C" std::byte __image_end[];

namespace ashlar::memory_map {
namespace {

constexpr std::size_t kDefaultSize = 64 * kMiB;

constinit Region arena = {};
constinit bool reserved = false;

std::size_t WantedSize() {
  const std::optional<std::string_view> parameter = command_line::Parameter("linuxu.memory");
  if (!parameter.has_value()) {
    return kDefaultSize;
  }
  return AlignDown(ParseSize(*parameter).value_or(kDefaultSize), kPageSize);
}

void Reserve() {
  reserved = true;
  const std::size_t size = WantedSize();
  if (size == 0) {
    return;
  }
  const Result<std::span<std::byte>> pages =
      linux::MapAnonymous(size, linux::kProtRead | linux::kProtWrite, linux::kMapNoreserve);
  if (pages.has_value()) {
    arena = {.base = reinterpret_cast<std::uintptr_t>(pages->data()), .size = pages->size()};
  }
}

}  // namespace

std::span<const Region> FreeRegions() {
  if (!reserved) {
    Reserve();
  }
  return {&arena, arena.size == 0 ? std::size_t{0} : std::size_t{1}};
}

std::size_t TotalBytes() {
  FreeRegions();
  return arena.size + static_cast<std::size_t>(__image_end - __image_start);
}

}  // namespace ashlar::memory_map
