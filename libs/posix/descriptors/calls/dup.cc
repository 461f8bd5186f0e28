// dup, dup2 and dup3.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include "libs/posix/descriptors/descriptors.h"

using namespace ashlar::posix;

namespace {

int Duplicate(int from, int to, bool close_on_exec) {
  File* const file = Find(from);
  if (file == nullptr) {
    return Fail(EBADF);
  }
  if (const auto installed = InstallAt(to, *file, close_on_exec); !installed) {
    return Fail(installed.error());
  }
  return to;
}

}  // namespace

extern "C" int dup(int descriptor) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Fail(EBADF);
  }
  return static_cast<int>(Return(Install(*file)));
}

extern "C" int dup2(int from, int to) {
  if (from == to) {
    return Find(from) == nullptr ? Fail(EBADF) : to;
  }
  return Duplicate(from, to, false);
}

extern "C" int dup3(int from, int to, int flags) {
  if (from == to || (flags & ~O_CLOEXEC) != 0) {
    return Fail(EINVAL);
  }
  return Duplicate(from, to, (flags & O_CLOEXEC) != 0);
}
