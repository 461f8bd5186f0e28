// unlink, unlinkat and rmdir.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include "libs/posix/files/files.h"

using namespace ashlar::posix;

namespace {

Outcome<void> RemoveAt(int directory, const char* text, Removal removal) {
  const Path path = ASHLAR_TRY(Resolve(directory, text));
  const Location location = Locate(path);
  return location.file_system.Remove(location.path, removal);
}

}  // namespace

extern "C" int unlink(const char* path) {
  return static_cast<int>(Return(RemoveAt(AT_FDCWD, path, Removal::kFile)));
}
extern "C" int rmdir(const char* path) {
  return static_cast<int>(Return(RemoveAt(AT_FDCWD, path, Removal::kDirectory)));
}
extern "C" int unlinkat(int directory, const char* path, int flags) {
  const Removal removal = (flags & AT_REMOVEDIR) != 0 ? Removal::kDirectory : Removal::kFile;
  return static_cast<int>(Return(RemoveAt(directory, path, removal)));
}
