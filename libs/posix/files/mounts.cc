// Which file system a path belongs to.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include "libs/posix/descriptors/allocation.h"
#include "libs/posix/files/devices.h"
#include "libs/posix/files/files.h"
#include "libs/posix/files/ramfs.h"
#include "libs/posix/files/rootfs_file_system.h"

namespace ashlar::posix {
namespace {

// Never destroyed: a static object's destructor would only run when everything is over anyway.
template <typename T>
union Immortal {
  template <typename... Arguments>
  constexpr explicit Immortal(Arguments... arguments) : object(arguments...) {}
  constexpr ~Immortal() {}
  T object;
};

constinit Immortal<Ramfs> ramfs;
constinit Immortal<DeviceFileSystem> devices;
constinit Immortal<RootfsFileSystem> rootfs_files(&rootfs::Embedded);

struct Mount {
  std::string_view name;  // in "/"; empty for "/" itself
  FileSystem* file_system;
};
constinit const Mount mounts[] = {
    {"tmp", &ramfs.object},
    {"dev", &devices.object},
    {"", &rootfs_files.object},
};
constexpr std::size_t kRoot = std::size(mounts) - 1;

}  // namespace

Location Locate(const Path& path) {
  const std::string_view text = path.text().substr(1);
  for (std::size_t index = 0; index < kRoot; ++index) {
    const Mount& mount = mounts[index];
    if (text == mount.name) {
      return {*mount.file_system, "", index};
    }
    if (text.starts_with(mount.name) && text[mount.name.size()] == '/') {
      return {*mount.file_system, text.substr(mount.name.size() + 1), index};
    }
  }
  return {*mounts[kRoot].file_system, text, kRoot};
}

Outcome<DirectoryEntry> Entry(const Path& directory, std::size_t position) {
  const Location location = Locate(directory);
  if (location.mount != kRoot || !location.path.empty()) {
    return location.file_system.Entry(location.path, position);
  }
  if (position < kRoot) {
    return DirectoryEntry{.name = mounts[position].name,
                          .kind = FileKind::kDirectory,
                          .serial = 1,
                          .next = position + 1};
  }
  while (true) {
    DirectoryEntry entry = ASHLAR_TRY(location.file_system.Entry("", position - kRoot));
    entry.next += kRoot;
    position = entry.next;
    // A packed directory of a mount's name is hidden by it.
    bool hidden = false;
    for (const Mount& mount : mounts) {
      hidden = hidden || mount.name == entry.name;
    }
    if (!hidden) {
      return entry;
    }
  }
}

Outcome<FileStatus> Status(const Path& path) {
  const Location location = Locate(path);
  const FileStatus status = ASHLAR_TRY(location.file_system.Status(location.path));
  if (path.must_be_directory() && status.kind != FileKind::kDirectory) {
    return Failure(ENOTDIR);
  }
  return status;
}

Outcome<File*> Open(const Path& path, int flags, std::uint16_t permissions) {
  const Location location = Locate(path);
  const Outcome<FileStatus> status = location.file_system.Status(location.path);
  const bool is_directory = status && status->kind == FileKind::kDirectory;
  if (is_directory) {
    if ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) {
      return Failure(EEXIST);
    }
    if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0) {
      return Failure(EISDIR);
    }
    return ASHLAR_TRY(Directory::Create(path, *status));
  }
  if (status && ((flags & O_DIRECTORY) != 0 || path.must_be_directory())) {
    return Failure(ENOTDIR);
  }
  if (!status && path.must_be_directory()) {
    return Failure((flags & O_CREAT) != 0 ? EISDIR : ENOENT);
  }
  return location.file_system.Open(location.path, flags, permissions);
}

Outcome<Directory*> Directory::Create(const Path& path, const FileStatus& status) {
  Directory* const directory = New<Directory>(path, status);
  if (directory == nullptr) {
    return Failure(ENOMEM);
  }
  return directory;
}

Directory::Directory(const Path& path, const FileStatus& status)
    : File(FileKind::kDirectory, O_RDONLY, kReadable), path_(path), status_(status) {}

Outcome<std::size_t> Directory::Read(std::span<const iovec>) { return Failure(EISDIR); }
Outcome<FileStatus> Directory::Status() { return posix::Status(path_).value_or(status_); }

Outcome<std::int64_t> Directory::Seek(std::int64_t offset, Whence whence) {
  if (whence == Whence::kCurrent) {
    offset += static_cast<std::int64_t>(position_);
  }
  if (whence == Whence::kEnd || offset < 0) {
    return Failure(EINVAL);
  }
  position_ = static_cast<std::size_t>(offset);
  return offset;
}

void Directory::Close() { Delete(this); }

}  // namespace ashlar::posix
