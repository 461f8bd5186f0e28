// Checks every address and count of the start information before following it.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/xen/start_information.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <span>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/memory_map/memory_map.h"
#include "libs/xen/abi.h"

namespace ashlar::xen {
namespace {

constexpr std::size_t kMaxCommandLine = 4096;
// Bytes that any domain's memory stays below: what 4-level page tables reach in the lower half.
constexpr std::uint64_t kMaxMemory = std::uint64_t{1} << 47;

std::string_view UpToNul(const char* text, std::size_t max) {
  const auto* end = static_cast<const char*>(std::memchr(text, '\0', max));
  return {text, end == nullptr ? max : static_cast<std::size_t>(end - text)};
}

// Whether [begin, begin + size) lies below `limit`.
bool Fits(std::uint64_t begin, std::uint64_t size, std::uint64_t limit) {
  return begin <= limit && size <= limit - begin;
}

}  // namespace

Result<PvhStartInformation> PvhStartInformation::At(std::uint64_t address, MapPhysical map) {
  const std::span<const std::byte> bytes =
      address < kPageSize ? std::span<const std::byte>() : map(address, sizeof(HvmStartInfo));
  HvmStartInfo info;
  if (bytes.size() < sizeof info) {
    return std::unexpected(Error::kBroken);
  }
  std::memcpy(&info, bytes.data(), sizeof info);
  if (info.magic != HvmStartInfo::kMagic) {
    return std::unexpected(Error::kBroken);
  }
  return PvhStartInformation(info, address, map);
}

std::string_view PvhStartInformation::command_line() const {
  // Up to the end of a page at a time: the text's end is known only when it is found.
  std::string_view text;
  while (info_.command_line >= kPageSize && text.size() < kMaxCommandLine) {
    const std::size_t piece = std::min(kPageSize - (info_.command_line + text.size()) % kPageSize,
                                       kMaxCommandLine - text.size());
    const std::size_t size = text.size() + piece;
    const std::span<const std::byte> bytes = map_(info_.command_line, size);
    if (bytes.size() < size) {
      break;
    }
    text = UpToNul(reinterpret_cast<const char*>(bytes.data()), size);
    if (text.size() < size) {
      break;
    }
  }
  return text;
}

std::array<memory_map::Region, 2> PvhStartInformation::occupied() const {
  return {{
      {address_, sizeof(HvmStartInfo)},
      {info_.command_line, command_line().size() + 1},
  }};
}

Result<PvStartInformation> PvStartInformation::From(const StartInfo& info) {
  constexpr std::string_view kMagic = "xen-3.";
  const std::uint64_t memory = info.page_count * kPageSize;
  if (std::memcmp(info.magic, kMagic.data(), kMagic.size()) != 0 || info.page_count == 0 ||
      info.page_count > kMaxMemory / kPageSize || info.frame_list % sizeof(std::uint64_t) != 0 ||
      !Fits(info.frame_list, info.page_count * sizeof(std::uint64_t), memory) ||
      info.page_table % kPageSize != 0 || info.page_table_count > info.page_count ||
      !Fits(info.page_table, info.page_table_count * kPageSize, memory) ||
      info.shared_info % kPageSize != 0) {
    return std::unexpected(Error::kBroken);
  }
  return PvStartInformation(info);
}

std::string_view PvStartInformation::command_line() const {
  return UpToNul(info_->command_line, sizeof info_->command_line);
}

std::uintptr_t PvStartInformation::end_of_bootstrap() const {
  return info_->page_table + info_->page_table_count * kPageSize;
}

}  // namespace ashlar::xen
