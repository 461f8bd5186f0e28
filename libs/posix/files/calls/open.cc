// open, openat and creat.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <cstdarg>

#include "libs/posix/files/calls/mode_mask.h"
#include "libs/posix/files/files.h"

using namespace ashlar::posix;

namespace {

Outcome<int> OpenAt(int directory, const char* text, int flags, mode_t mode) {
  const Path path = ASHLAR_TRY(Resolve(directory, text));
  File* const file = ASHLAR_TRY(Open(path, flags, Masked(mode)));
  file->Retain();
  const auto number = Install(*file, (flags & O_CLOEXEC) != 0);
  file->Release();
  return number;
}

}  // namespace

extern "C" int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
  va_end(arguments);
  return static_cast<int>(Return(OpenAt(AT_FDCWD, path, flags, mode)));
}

extern "C" int openat(int directory, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
  va_end(arguments);
  return static_cast<int>(Return(OpenAt(directory, path, flags, mode)));
}

extern "C" int creat(const char* path, mode_t mode) {
  return static_cast<int>(Return(OpenAt(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode)));
}
