// DeviceFileSystem: /dev with null, zero, urandom, random and console.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/posix/files/files.h"

namespace ashlar::posix {

class DeviceFileSystem final : public FileSystem {
 public:
  constexpr DeviceFileSystem() = default;

  Outcome<File*> Open(std::string_view path, int flags, std::uint16_t permissions) override;
  Outcome<FileStatus> Status(std::string_view path) override;
  Outcome<DirectoryEntry> Entry(std::string_view path, std::size_t position) override;
};

}  // namespace ashlar::posix
