// chdir, fchdir, getcwd and realpath.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <unistd.h>

#include "libs/posix/files/files.h"

using namespace ashlar::posix;

namespace {

/// Into `buffer`, or if that is null into memory from malloc.
char* Copy(std::string_view text, char* buffer, std::size_t capacity) {
  if (buffer == nullptr) {
    capacity = capacity == 0 ? text.size() + 1 : capacity;
    buffer = static_cast<char*>(malloc(capacity));
    if (buffer == nullptr) {
      Fail(ENOMEM);
      return nullptr;
    }
  }
  if (text.size() >= capacity) {
    Fail(ERANGE);
    return nullptr;
  }
  buffer[text.copy(buffer, text.size())] = '\0';
  return buffer;
}

Outcome<void> Change(const char* text) { return SetWorkingDirectory(ASHLAR_TRY(Resolve(text))); }

}  // namespace

extern "C" int chdir(const char* path) { return static_cast<int>(Return(Change(path))); }

extern "C" int fchdir(int descriptor) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Fail(EBADF);
  }
  if (file->kind() != FileKind::kDirectory) {
    return Fail(ENOTDIR);
  }
  return static_cast<int>(Return(SetWorkingDirectory(static_cast<Directory*>(file)->path())));
}

extern "C" char* getcwd(char* buffer, size_t capacity) {
  if (buffer != nullptr && capacity == 0) {
    Fail(EINVAL);
    return nullptr;
  }
  if (buffer == nullptr && capacity != 0 && WorkingDirectory().size() >= capacity) {
    Fail(ERANGE);
    return nullptr;
  }
  return Copy(WorkingDirectory(), buffer, capacity);
}

extern "C" char* realpath(const char* text, char* buffer) {
  const auto path = Resolve(text);
  if (!path) {
    Fail(path.error());
    return nullptr;
  }
  if (const auto status = Status(*path); !status) {
    Fail(status.error());
    return nullptr;
  }
  return Copy(path->text(), buffer, buffer == nullptr ? 0 : Path::kCapacity);
}
