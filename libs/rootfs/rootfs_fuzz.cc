// Reads everything in an archive that somebody made up.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "libs/base/check.h"
#include "libs/rootfs/rootfs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using ashlar::rootfs::Archive;
  const auto archive = Archive::Open(std::as_bytes(std::span(data, size)));
  if (!archive.has_value()) {
    return 0;
  }
  volatile std::size_t sum = 0;  // volatile: every byte is really read
  for (std::size_t i = 0; i < archive->size(); ++i) {
    const auto file = archive->At(i);
    if (!file.has_value()) {
      continue;
    }
    for (const std::byte byte : file->bytes) {
      sum = sum + static_cast<std::size_t>(byte);
    }
    if (const auto found = archive->Find(file->path); found.has_value()) {
      ASHLAR_CHECK(found->path == file->path);
    }
  }
  (void)archive->Find("no such file");
  return 0;
}
