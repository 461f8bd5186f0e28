// RootfsFileSystem: an archive as a file system.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/files/rootfs_file_system.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>

#include "libs/posix/descriptors/allocation.h"
#include "libs/posix/files/positioned_file.h"

namespace ashlar::posix {
namespace {

FileStatus ToStatus(const rootfs::File& file) {
  return {.kind = file.is_directory() ? FileKind::kDirectory : FileKind::kRegular,
          .permissions = static_cast<std::uint16_t>(file.is_directory() ? 0555 : 0444),
          .serial = file.index + 2u,
          .links = 1,
          .size = static_cast<std::int64_t>(file.bytes.size()),
          .modified = file.modified.time_since_epoch(),
          .constant_contents = file.bytes};
}

class RootfsFile final : public PositionedFile {
 public:
  RootfsFile(const rootfs::File& file, int flags)
      : PositionedFile(FileKind::kRegular, flags), file_(file) {}
  ~RootfsFile() = default;

  Outcome<FileStatus> Status() override { return ToStatus(file_); }
  void Close() override { Delete(this); }

 private:
  Outcome<std::size_t> ReadAt(std::size_t offset, std::span<std::byte> into) override {
    if (offset >= file_.bytes.size()) {
      return 0;
    }
    const std::size_t count = std::min(into.size(), file_.bytes.size() - offset);
    std::memcpy(into.data(), file_.bytes.data() + offset, count);
    return count;
  }
  Outcome<std::size_t> WriteAt(std::size_t, std::span<const std::byte>) override {
    return Failure(EROFS);
  }
  Outcome<void> Resize(std::size_t) override { return Failure(EROFS); }
  void SetPermissions(std::uint16_t) override {}
  void SetModified(std::chrono::nanoseconds) override {}

  rootfs::File file_;
};

}  // namespace

Outcome<FileStatus> RootfsFileSystem::Status(std::string_view path) {
  if (path.empty()) {
    // Also where there is no archive.
    return FileStatus{.kind = FileKind::kDirectory, .permissions = 0555, .serial = 1};
  }
  return ToStatus(ASHLAR_TRY(archive_().Find(path)));
}

Outcome<File*> RootfsFileSystem::Open(std::string_view path, int flags, std::uint16_t) {
  const Result<rootfs::File> found = archive_().Find(path);
  if (!found) {
    return Failure(found.error() == Error::kNotFound && (flags & O_CREAT) != 0
                       ? Errno(EROFS)
                       : Errno(found.error()));
  }
  if ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) {
    return Failure(EEXIST);
  }
  if (found->is_directory()) {
    return Failure(EISDIR);
  }
  if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC) != 0) {
    return Failure(EROFS);
  }
  RootfsFile* const file = New<RootfsFile>(*found, flags);
  if (file == nullptr) {
    return Failure(ENOMEM);
  }
  return file;
}

Outcome<DirectoryEntry> RootfsFileSystem::Entry(std::string_view path, std::size_t position) {
  const rootfs::Archive archive = archive_();
  if (!path.empty() && !ASHLAR_TRY(archive.Find(path)).is_directory()) {
    return Failure(ENOTDIR);
  }
  // A position is a place in the archive, in which what lies deeper stands in between.
  for (; position < archive.size(); ++position) {
    const rootfs::File file = ASHLAR_TRY(archive.At(position));
    std::string_view rest = file.path;
    if (!path.empty()) {
      if (!rest.starts_with(path) || rest.size() <= path.size() + 1 || rest[path.size()] != '/') {
        continue;
      }
      rest.remove_prefix(path.size() + 1);
    }
    if (rest.empty() || rest.contains('/')) {
      continue;
    }
    return DirectoryEntry{.name = rest,
                          .kind = file.is_directory() ? FileKind::kDirectory : FileKind::kRegular,
                          .serial = file.index + 2u,
                          .next = position + 1};
  }
  return Failure(ENOENT);
}

}  // namespace ashlar::posix
