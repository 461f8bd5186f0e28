// Reads the PVH boot protocol's start_info and Linux's boot_params.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/kvm/boot_information.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"

namespace ashlar::kvm {
namespace {

// [PVH-x86] struct hvm_start_info, version 1.
struct StartInfo {
  std::uint32_t magic;
  std::uint32_t version;
  std::uint32_t flags;
  std::uint32_t module_count;
  std::uint64_t module_list;
  std::uint64_t command_line;
  std::uint64_t root_pointer;
  std::uint64_t memory_map;
  std::uint32_t memory_map_count;
  std::uint32_t reserved;
};
static_assert(sizeof(StartInfo) == 56);
static_assert(offsetof(StartInfo, memory_map) == 40);

constexpr std::uint32_t kStartInfoMagic = 0x336ec578;

// [PVH-x86] struct hvm_memmap_table_entry; the first 20 bytes are [x86-boot] struct boot_e820_entry as well.
struct MemoryMapEntry {
  std::uint64_t base;
  std::uint64_t size;
  std::uint32_t type;
};
constexpr std::size_t kEntryBytes = 20;
constexpr std::size_t kPvhStride = 24;
constexpr std::size_t kE820Stride = 20;
constexpr std::uint32_t kTypeRam = 1;

// No loader of ours passes more; a larger count is a broken one.
constexpr std::size_t kMaxPvhEntries = 512;
constexpr std::size_t kMaxE820Entries = 128;

// [x86-boot] fields of struct boot_params, by offset.
constexpr std::size_t kBootParamsBytes = 4096;
constexpr std::size_t kRootPointer = 0x70;
constexpr std::size_t kCommandLineHigh = 0xc8;
constexpr std::size_t kE820Count = 0x1e8;
constexpr std::size_t kBootFlag = 0x1fe;
constexpr std::size_t kHeaderMagic = 0x202;
constexpr std::size_t kCommandLine = 0x228;
constexpr std::size_t kE820Table = 0x2d0;
constexpr std::uint16_t kBootFlagValue = 0xaa55;
constexpr std::uint32_t kHeaderMagicValue = 0x53726448;  // "HdrS"

constexpr std::size_t kMaxCommandLine = 4096;

template <typename T>
T Load(std::span<const std::byte> bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.subspan(offset, sizeof value).data(), sizeof value);
  return value;
}

}  // namespace

Result<BootInformation> BootInformation::FromStartInfo(std::uint64_t address, MapPhysical map) {
  const std::span<const std::byte> bytes = map(address, sizeof(StartInfo));
  if (bytes.size() < sizeof(StartInfo)) {
    return std::unexpected(Error::kBroken);
  }
  const auto start_info = Load<StartInfo>(bytes, 0);
  // Version 0 has no memory map, and without one there is nothing to build on.
  if (start_info.magic != kStartInfoMagic || start_info.version < 1 ||
      start_info.memory_map_count > kMaxPvhEntries) {
    return std::unexpected(Error::kBroken);
  }
  BootInformation information(map);
  information.memory_map_address_ = start_info.memory_map;
  information.memory_map_count_ = start_info.memory_map_count;
  information.memory_map_stride_ = kPvhStride;
  information.command_line_address_ = start_info.command_line;
  information.acpi_root_pointer_ = start_info.root_pointer;
  information.occupied_[0] = {address, sizeof(StartInfo), false};
  information.occupied_[1] = {start_info.memory_map, start_info.memory_map_count * kPvhStride, false};
  information.occupied_[2] = {start_info.command_line, information.command_line().size() + 1, false};
  return information;
}

Result<BootInformation> BootInformation::FromBootParams(std::uint64_t address, MapPhysical map) {
  const std::span<const std::byte> bytes = map(address, kBootParamsBytes);
  if (bytes.size() < kBootParamsBytes) {
    return std::unexpected(Error::kBroken);
  }
  const auto count = Load<std::uint8_t>(bytes, kE820Count);
  if (Load<std::uint16_t>(bytes, kBootFlag) != kBootFlagValue ||
      Load<std::uint32_t>(bytes, kHeaderMagic) != kHeaderMagicValue || count > kMaxE820Entries) {
    return std::unexpected(Error::kBroken);
  }
  BootInformation information(map);
  information.memory_map_address_ = address + kE820Table;
  information.memory_map_count_ = count;
  information.memory_map_stride_ = kE820Stride;
  information.command_line_address_ = std::uint64_t{Load<std::uint32_t>(bytes, kCommandLineHigh)} << 32 |
                                      Load<std::uint32_t>(bytes, kCommandLine);
  information.acpi_root_pointer_ = Load<std::uint64_t>(bytes, kRootPointer);
  information.occupied_[0] = {address, kBootParamsBytes, false};
  information.occupied_[2] = {information.command_line_address_, information.command_line().size() + 1, false};
  return information;
}

MemoryRange BootInformation::memory_range(std::size_t i) const {
  const std::span<const std::byte> bytes = map_(memory_map_address_ + i * memory_map_stride_, kEntryBytes);
  if (bytes.size() < kEntryBytes) {
    return {};
  }
  return {
      .base = Load<std::uint64_t>(bytes, offsetof(MemoryMapEntry, base)),
      .size = Load<std::uint64_t>(bytes, offsetof(MemoryMapEntry, size)),
      .usable = Load<std::uint32_t>(bytes, offsetof(MemoryMapEntry, type)) == kTypeRam,
  };
}

std::string_view BootInformation::command_line() const {
  if (command_line_address_ == 0) {
    return {};
  }
  // Up to the end of a page at a time: the text's end is known only when it is found.
  std::size_t size = 0;
  const char* text = nullptr;
  while (size < kMaxCommandLine) {
    const std::uint64_t address = command_line_address_ + size;
    const std::size_t piece = std::min(kPageSize - address % kPageSize, kMaxCommandLine - size);
    const std::span<const std::byte> bytes = map_(command_line_address_, size + piece);
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
