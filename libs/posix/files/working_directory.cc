// The working directory, and paths as seen from it or from an open one.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <array>

#include "libs/posix/files/files.h"

namespace ashlar::posix {
namespace {

constinit std::array<char, Path::kCapacity> text = {'/'};
constinit std::size_t size = 1;

}  // namespace

std::string_view WorkingDirectory() { return {text.data(), size}; }

Outcome<void> SetWorkingDirectory(const Path& path) {
  if (ASHLAR_TRY(Status(path)).kind != FileKind::kDirectory) {
    return Failure(ENOTDIR);
  }
  size = path.text().copy(text.data(), text.size());
  return {};
}

Outcome<Path> Resolve(const char* path) { return Path::Resolve(WorkingDirectory(), path); }

Outcome<Path> Resolve(int descriptor, const char* path) {
  if (descriptor == AT_FDCWD || *path == '/') {
    return Resolve(path);
  }
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Failure(EBADF);
  }
  if (file->kind() != FileKind::kDirectory) {
    return Failure(ENOTDIR);
  }
  return Path::Resolve(static_cast<Directory*>(file)->path().text(), path);
}

}  // namespace ashlar::posix
