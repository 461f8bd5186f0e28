// FileStatus as C's struct stat.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/descriptors/stat_buffer.h"

namespace ashlar::posix {
namespace {

mode_t TypeOf(FileKind kind) {
  switch (kind) {
    case FileKind::kConsole:
    case FileKind::kDevice:
      return S_IFCHR;
    case FileKind::kRegular:
      return S_IFREG;
    case FileKind::kDirectory:
      return S_IFDIR;
    case FileKind::kPipe:
      return S_IFIFO;
    case FileKind::kSocket:
      return S_IFSOCK;
    case FileKind::kEpoll:
    case FileKind::kEventCounter:
    case FileKind::kTimer:
      break;
  }
  return 0;  // Linux gives these no type either
}

}  // namespace

struct stat ToStat(const FileStatus& status) {
  const std::int64_t nanoseconds = status.modified.count();
  timespec modified = {};
  modified.tv_sec = nanoseconds / 1'000'000'000;
  modified.tv_nsec = nanoseconds % 1'000'000'000;
  struct stat buffer = {};
  buffer.st_dev = 1;
  buffer.st_ino = static_cast<ino_t>(status.serial);
  buffer.st_mode = TypeOf(status.kind) | status.permissions;
  buffer.st_nlink = static_cast<nlink_t>(status.links);
  buffer.st_size = static_cast<off_t>(status.size);
  buffer.st_blksize = 4096;
  buffer.st_blocks = static_cast<blkcnt_t>((status.size + 511) / 512);
  buffer.st_atim = buffer.st_mtim = buffer.st_ctim = modified;
  return buffer;
}

}  // namespace ashlar::posix
