// rename and renameat, within one file system.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <stdio.h>

#include "libs/posix/files/files.h"

using namespace ashlar::posix;

namespace {

Outcome<void> RenameAt(int old_directory, const char* old_text, int new_directory,
                       const char* new_text) {
  const Path old_path = ASHLAR_TRY(Resolve(old_directory, old_text));
  const Path new_path = ASHLAR_TRY(Resolve(new_directory, new_text));
  const Location from = Locate(old_path);
  const Location to = Locate(new_path);
  if (from.mount != to.mount) {
    return Failure(EXDEV);
  }
  return from.file_system.Rename(from.path, to.path);
}

}  // namespace

extern "C" int rename(const char* from, const char* to) {
  return static_cast<int>(Return(RenameAt(AT_FDCWD, from, AT_FDCWD, to)));
}
extern "C" int renameat(int from_directory, const char* from, int to_directory, const char* to) {
  return static_cast<int>(Return(RenameAt(from_directory, from, to_directory, to)));
}
