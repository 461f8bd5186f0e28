// Reads the PVH boot protocol's start_info and Linux's boot_params.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/kvm/boot_information.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <span>
#include <string_view>

#include "libs/base/foreign_bytes.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "platforms/pc/memory_ranges.h"

namespace ashlar::kvm {
namespace {

// [PVH-x86] struct hvm_start_info, version 1, by offset.
constexpr std::size_t kStartInfoBytes = 56;
constexpr std::size_t kVersion = 4;
constexpr std::uint32_t kStartInfoMagic = 0x336ec578;

// [x86-boot] struct boot_params, by offset.
constexpr std::size_t kBootParamsBytes = 4096;
constexpr std::size_t kCommandLineHigh = 0xc8;
constexpr std::size_t kBootFlag = 0x1fe;
constexpr std::size_t kHeaderMagic = 0x202;
constexpr std::size_t kE820Table = 0x2d0;
constexpr std::uint16_t kBootFlagValue = 0xaa55;
constexpr std::uint32_t kHeaderMagicValue = 0x53726448;  // "HdrS"

constexpr std::size_t kMaxCommandLine = 4096;

}  // namespace

struct BootInformation::Layout {
  std::size_t size;               ///< bytes of the structure
  std::size_t acpi_root_pointer;  ///< offset, 64 bits
  std::size_t command_line;       ///< offset, 32 or 64 bits
  std::size_t memory_map_count;   ///< offset
  std::size_t memory_map_stride;  ///< bytes from one entry to the next
  std::size_t max_ranges;         ///< a larger count is a broken one
};

constexpr BootInformation::Layout BootInformation::kStartInfo = {
    kStartInfoBytes, 32, 24, 48, 24, 512};
constexpr BootInformation::Layout BootInformation::kBootParams = {
    kBootParamsBytes, 0x70, 0x228, 0x1e8, 20, 128};

Result<BootInformation> BootInformation::FromStartInfo(std::uint64_t address, MapPhysical map) {
  const std::span<const std::byte> bytes = map(address, kStartInfoBytes);
  if (bytes.size() < kStartInfoBytes || LoadInside<std::uint32_t>(bytes, 0) != kStartInfoMagic ||
      LoadInside<std::uint32_t>(bytes, kVersion) < 1) {
    return std::unexpected(Error::kBroken);
  }
  return BootInformation(kStartInfo, bytes, address, map);
}

Result<BootInformation> BootInformation::FromBootParams(std::uint64_t address, MapPhysical map) {
  const std::span<const std::byte> bytes = map(address, kBootParamsBytes);
  if (bytes.size() < kBootParamsBytes ||
      LoadInside<std::uint16_t>(bytes, kBootFlag) != kBootFlagValue ||
      LoadInside<std::uint32_t>(bytes, kHeaderMagic) != kHeaderMagicValue) {
    return std::unexpected(Error::kBroken);
  }
  return BootInformation(kBootParams, bytes, address, map);
}

std::uint64_t BootInformation::acpi_root_pointer() const {
  return LoadInside<std::uint64_t>(bytes_, layout_->acpi_root_pointer);
}

// Bytes; zero if the count is a broken one.
std::size_t BootInformation::memory_map_size() const {
  const std::size_t count = layout_ == &kStartInfo
                                ? LoadInside<std::uint32_t>(bytes_, layout_->memory_map_count)
                                : LoadInside<std::uint8_t>(bytes_, layout_->memory_map_count);
  return count <= layout_->max_ranges ? count * layout_->memory_map_stride : 0;
}

std::uint64_t BootInformation::memory_map_address() const {
  constexpr std::size_t kPvhMemoryMap = 40;
  return layout_ == &kStartInfo ? LoadInside<std::uint64_t>(bytes_, kPvhMemoryMap)
                                : address_ + kE820Table;
}

std::uint64_t BootInformation::command_line_address() const {
  if (layout_ == &kStartInfo) {
    return LoadInside<std::uint64_t>(bytes_, layout_->command_line);
  }
  return std::uint64_t{LoadInside<std::uint32_t>(bytes_, kCommandLineHigh)} << 32 |
         LoadInside<std::uint32_t>(bytes_, layout_->command_line);
}

MemoryRanges BootInformation::memory_ranges() const {
  const std::size_t size = memory_map_size();
  const std::span<const std::byte> table = map_(memory_map_address(), size);
  return table.size() < size ? MemoryRanges() : MemoryRanges(table, layout_->memory_map_stride);
}

std::array<MemoryRange, 3> BootInformation::occupied() const {
  return {{
      {address_, layout_->size, false},
      {memory_map_address(), memory_map_size(), false},
      {command_line_address(), command_line().size() + 1, false},
  }};
}

std::string_view BootInformation::command_line() const {
  const std::uint64_t start = command_line_address();
  if (start == 0) {
    return {};
  }
  // Up to the end of a page at a time: the text's end is known only when it is found.
  std::size_t size = 0;
  const char* text = nullptr;
  while (size < kMaxCommandLine) {
    const std::uint64_t address = start + size;
    const std::size_t piece = std::min(kPageSize - address % kPageSize, kMaxCommandLine - size);
    const std::span<const std::byte> bytes = map_(start, size + piece);
    if (bytes.size() < size + piece) {
      break;
    }
    text = reinterpret_cast<const char*>(bytes.data());
    const auto* end = static_cast<const char*>(std::memchr(text + size, '\0', piece));
    if (end != nullptr) {
      return {text, static_cast<std::size_t>(end - text)};
    }
    size += piece;
  }
  return {text, text == nullptr ? 0 : size};
}

}  // namespace ashlar::kvm
