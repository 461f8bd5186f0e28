// Changing the command line's file in place: it is a fixed number of bytes, of which nothing keeps
// a checksum.
// SPDX-License-Identifier: Apache-2.0
#include "tools/run/disk.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <expected>
#include <format>
#include <span>
#include <string_view>

namespace ashlar::run {
namespace {

// As in //rules:disk_image.bzl. Files begin at a multiple of the file system's sectors.
constexpr std::string_view kHead = "ashlar command line:\n";
constexpr std::size_t kBytes = 4096;
constexpr std::size_t kSector = 2048;

}  // namespace

std::expected<void, Complaint> WriteCommandLine(std::span<std::byte> disk, std::string_view text) {
  if (text.size() >= kBytes - kHead.size()) {
    return std::unexpected(
        std::format("the image's words have {} bytes; a disk image has room for {}", text.size(),
                    kBytes - kHead.size() - 1));
  }
  for (std::size_t offset = 0; offset + kBytes <= disk.size(); offset += kSector) {
    const std::span<std::byte> file = disk.subspan(offset, kBytes);
    if (std::memcmp(file.data(), kHead.data(), kHead.size()) == 0) {
      const std::span<std::byte> words = file.subspan(kHead.size());
      std::ranges::fill(words, std::byte{0});
      std::memcpy(words.data(), text.data(), text.size());
      return {};
    }
  }
  return std::unexpected("the disk image has no file for the image's words: build it again");
}

}  // namespace ashlar::run
