// mkdir and mkdirat.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>

#include "libs/posix/files/calls/mode_mask.h"
#include "libs/posix/files/files.h"

using namespace ashlar::posix;

namespace {

Outcome<void> MakeAt(int directory, const char* text, mode_t mode) {
  const Path path = ASHLAR_TRY(Resolve(directory, text));
  const Location location = Locate(path);
  return location.file_system.MakeDirectory(location.path, Masked(mode));
}

}  // namespace

extern "C" int mkdir(const char* path, mode_t mode) {
  return static_cast<int>(Return(MakeAt(AT_FDCWD, path, mode)));
}
extern "C" int mkdirat(int directory, const char* path, mode_t mode) {
  return static_cast<int>(Return(MakeAt(directory, path, mode)));
}
