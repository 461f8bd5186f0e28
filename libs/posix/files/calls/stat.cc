// stat, lstat, fstatat, access and faccessat. There are no symbolic links, so lstat is stat.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libs/posix/descriptors/stat_buffer.h"
#include "libs/posix/files/files.h"

using namespace ashlar::posix;

namespace {

Outcome<void> StatAt(int directory, const char* text, struct stat* buffer) {
  const Path path = ASHLAR_TRY(Resolve(directory, text));
  *buffer = ToStat(ASHLAR_TRY(Status(path)));
  return {};
}

Outcome<void> AccessAt(int directory, const char* text, int mode) {
  const Path path = ASHLAR_TRY(Resolve(directory, text));
  const FileStatus status = ASHLAR_TRY(Status(path));
  if (((mode & W_OK) != 0 && (status.permissions & 0222) == 0) ||
      ((mode & X_OK) != 0 && (status.permissions & 0111) == 0)) {
    return Failure(EACCES);
  }
  return {};
}

}  // namespace

extern "C" int stat(const char* path, struct stat* buffer) {
  return static_cast<int>(Return(StatAt(AT_FDCWD, path, buffer)));
}
extern "C" int lstat(const char* path, struct stat* buffer) {
  return static_cast<int>(Return(StatAt(AT_FDCWD, path, buffer)));
}
extern "C" int fstatat(int directory, const char* path, struct stat* buffer, int) {
  return static_cast<int>(Return(StatAt(directory, path, buffer)));
}
extern "C" int access(const char* path, int mode) {
  return static_cast<int>(Return(AccessAt(AT_FDCWD, path, mode)));
}
extern "C" int eaccess(const char* path, int mode) { return access(path, mode); }
extern "C" int euidaccess(const char* path, int mode) { return access(path, mode); }
extern "C" int faccessat(int directory, const char* path, int mode, int) {
  return static_cast<int>(Return(AccessAt(directory, path, mode)));
}
