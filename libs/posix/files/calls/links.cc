// Links, which no file system here has.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include "libs/posix/files/files.h"

using namespace ashlar::posix;

namespace {

/// Whatever there is is no link.
Outcome<void> ReadLink(int directory, const char* text) {
  (void)ASHLAR_TRY(Status(ASHLAR_TRY(Resolve(directory, text))));
  return Failure(EINVAL);
}

}  // namespace

extern "C" int link(const char*, const char*) { return Fail(EPERM); }
extern "C" int linkat(int, const char*, int, const char*, int) { return Fail(EPERM); }
extern "C" int symlink(const char*, const char*) { return Fail(EPERM); }
extern "C" int symlinkat(const char*, int, const char*) { return Fail(EPERM); }
extern "C" ssize_t readlink(const char* path, char*, size_t) {
  return Return(ReadLink(AT_FDCWD, path));
}
extern "C" ssize_t readlinkat(int directory, const char* path, char*, size_t) {
  return Return(ReadLink(directory, path));
}
