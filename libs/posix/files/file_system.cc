// What a file system says unless it can: it is read-only.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/files/files.h"

namespace ashlar::posix {

Outcome<void> FileSystem::MakeDirectory(std::string_view path, std::uint16_t) {
  return Failure(Status(path) ? EEXIST : EROFS);
}
Outcome<void> FileSystem::Remove(std::string_view path, Removal) {
  (void)ASHLAR_TRY(Status(path));
  return Failure(EROFS);
}
Outcome<void> FileSystem::Rename(std::string_view from, std::string_view) {
  (void)ASHLAR_TRY(Status(from));
  return Failure(EROFS);
}
Outcome<void> FileSystem::Change(std::string_view path, const Changes&) {
  (void)ASHLAR_TRY(Status(path));
  return Failure(EROFS);
}

}  // namespace ashlar::posix
