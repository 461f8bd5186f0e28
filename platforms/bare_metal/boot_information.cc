// Reads multiboot2's boot information.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/bare_metal/boot_information.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/foreign_bytes.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/console/framebuffer.h"
#include "platforms/pc/memory_ranges.h"

namespace ashlar::bare_metal {
namespace {

// [MB2 §3.6.1, §3.6.2]: total size and a reserved word; then tags, each of type, size and contents.
constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kTagBytes = 8;
constexpr std::size_t kTagSize = 4;
constexpr std::size_t kAlignment = 8;
constexpr std::size_t kMaxBytes = 256 * kKiB;

enum : std::uint32_t {
  kEnd = 0,
  kCommandLine = 1,
  kModule = 3,
  kMemoryMap = 6,
  kFramebuffer = 8,
  kAcpiOld = 14,
  kAcpiNew = 15,
};

// What //rules:disk_image.bzl puts before the words in the command line's file.
constexpr std::string_view kModuleName = "command_line";
constexpr std::string_view kModuleHead = "ashlar command line:\n";
constexpr std::size_t kMaxModuleBytes = 64 * kKiB;

// Up to the first NUL, or the end.
std::string_view TextAt(std::span<const std::byte> bytes, std::size_t offset) {
  bytes = bytes.subspan(std::min(offset, bytes.size()));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.substr(0, text.find('\0'));
}

}  // namespace

Result<BootInformation> BootInformation::FromMultiboot2(std::uint64_t address, MapPhysical map) {
  if (address == 0 || address % kAlignment != 0) {
    return std::unexpected(Error::kBroken);
  }
  const std::span<const std::byte> header = map(address, kHeaderBytes);
  const std::size_t size = Load<std::uint32_t>(header, 0);
  if (size < kHeaderBytes + kTagBytes || size > kMaxBytes) {
    return std::unexpected(Error::kBroken);
  }
  const std::span<const std::byte> bytes = map(address, size);
  if (bytes.size() < size) {
    return std::unexpected(Error::kBroken);
  }
  // Once through, so that nobody later meets a tag that reaches out of the structure.
  for (std::size_t offset = kHeaderBytes; size - offset >= kTagBytes;) {
    const auto tag_size = Load<std::uint32_t>(bytes, offset + kTagSize);
    if (tag_size < kTagBytes || tag_size > size - offset) {
      break;
    }
    if (Load<std::uint32_t>(bytes, offset) == kEnd) {
      return BootInformation(bytes.first(offset), address, map);
    }
    offset += AlignUp(tag_size, kAlignment);
    if (offset > size) {
      break;
    }
  }
  return std::unexpected(Error::kBroken);
}

BootInformation::Tag BootInformation::Find(std::uint32_t type, std::size_t& offset) const {
  while (offset < bytes_.size()) {
    const std::size_t size = Load<std::uint32_t>(bytes_, offset + kTagSize);
    // The size was checked, but whoever wrote it might have changed it since.
    if (size < kTagBytes || size > bytes_.size() - offset) {
      break;
    }
    const Tag tag = bytes_.subspan(offset, size);
    offset += AlignUp(size, kAlignment);
    if (Load<std::uint32_t>(tag, 0) == type) {
      return tag;
    }
  }
  offset = bytes_.size();
  return {};
}

BootInformation::Tag BootInformation::Find(std::uint32_t type) const {
  std::size_t offset = kHeaderBytes;
  return Find(type, offset);
}

pc::MemoryRanges BootInformation::memory_ranges() const {
  // [MB2 §3.6.8]
  constexpr std::size_t kEntrySize = 8;
  constexpr std::size_t kEntries = 16;
  const Tag tag = Find(kMemoryMap);
  const std::size_t stride = Load<std::uint32_t>(tag, kEntrySize);
  if (tag.size() < kEntries || stride < pc::MemoryRanges::kEntryBytes) {
    return {};
  }
  const std::span<const std::byte> table = tag.subspan(kEntries);
  return {table.first(table.size() / stride * stride), stride};
}

BootInformation::Module BootInformation::command_line_module() const {
  // [MB2 §3.6.6]
  constexpr std::size_t kStart = 8;
  constexpr std::size_t kStop = 12;
  constexpr std::size_t kName = 16;
  for (std::size_t offset = kHeaderBytes; offset < bytes_.size();) {
    const Tag tag = Find(kModule, offset);
    const auto start = Load<std::uint32_t>(tag, kStart);
    const auto stop = Load<std::uint32_t>(tag, kStop);
    if (TextAt(tag, kName) == kModuleName && start < stop && stop - start <= kMaxModuleBytes) {
      return {start, stop - start};
    }
  }
  return {};
}

std::string_view BootInformation::command_line() const {
  constexpr std::size_t kText = 8;
  const std::string_view own = TextAt(Find(kCommandLine), kText);
  if (!own.empty()) {
    return own;
  }
  const Module module = command_line_module();
  if (module.size == 0) {
    return {};
  }
  std::string_view text = TextAt(map_(module.address, module.size), 0);
  if (text.substr(0, kModuleHead.size()) != kModuleHead) {
    return {};
  }
  text.remove_prefix(kModuleHead.size());
  return text;
}

std::uint64_t BootInformation::acpi_root_pointer() const {
  for (const std::uint32_t type : {kAcpiNew, kAcpiOld}) {
    const Tag tag = Find(type);
    if (tag.size() > kTagBytes) {
      return address_ + static_cast<std::uint64_t>(tag.data() - bytes_.data()) + kTagBytes;
    }
  }
  return 0;
}

std::optional<Screen> BootInformation::screen() const {
  // [MB2 §3.6.12]
  constexpr std::size_t kAddress = 8;
  constexpr std::size_t kPitch = 16;
  constexpr std::size_t kWidth = 20;
  constexpr std::size_t kHeight = 24;
  constexpr std::size_t kBitsPerPixel = 28;
  constexpr std::size_t kType = 29;
  constexpr std::uint8_t kDirectColour = 1;
  constexpr std::uint8_t kText = 2;
  const Tag tag = Find(kFramebuffer);
  const auto type = Load<std::uint8_t>(tag, kType);
  const auto address = Load<std::uint64_t>(tag, kAddress);
  const auto layout = console::FramebufferLayout{
      .width = Load<std::uint32_t>(tag, kWidth),
      .height = Load<std::uint32_t>(tag, kHeight),
      .bytes_per_row = Load<std::uint32_t>(tag, kPitch),
      .bytes_per_pixel = Load<std::uint8_t>(tag, kBitsPerPixel) / 8u,
  };
  if ((type != kDirectColour && type != kText) || address == 0 || !layout.valid() ||
      layout.size() > ~std::uint64_t{0} - address ||
      (type == kText && layout.bytes_per_pixel != 2)) {
    return std::nullopt;
  }
  return Screen{address, layout, type == kText};
}

std::array<pc::MemoryRange, 2> BootInformation::occupied() const {
  const Module module = command_line_module();
  return {{
      {address_, bytes_.size() + kTagBytes, false},
      {module.address, module.size, false},
  }};
}

}  // namespace ashlar::bare_metal
