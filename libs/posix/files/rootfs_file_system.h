// RootfsFileSystem: an archive of //libs/rootfs as a file system.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/posix/files/files.h"
#include "libs/rootfs/rootfs.h"

namespace ashlar::posix {

/// Read-only. Its files' contents are told by FileStatus::constant_contents, so that sendfile and
/// mmap take them by reference.
class RootfsFileSystem final : public FileSystem {
 public:
  using Source = rootfs::Archive (*)();

  /// `archive` gives the archive, each time it is looked at.
  constexpr explicit RootfsFileSystem(Source archive) : archive_(archive) {}

  Outcome<File*> Open(std::string_view path, int flags, std::uint16_t permissions) override;
  Outcome<FileStatus> Status(std::string_view path) override;
  Outcome<DirectoryEntry> Entry(std::string_view path, std::size_t position) override;

 private:
  Source archive_;
};

}  // namespace ashlar::posix
