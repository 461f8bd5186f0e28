// fcntl.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <cstdarg>

#include "libs/posix/descriptors/descriptors.h"

using namespace ashlar::posix;

namespace {

/// What F_SETFL may change.
constexpr int kSettable = O_NONBLOCK | O_APPEND;

}  // namespace

extern "C" int fcntl(int descriptor, int command, ...) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Fail(EBADF);
  }
  va_list arguments;
  va_start(arguments, command);
  const long argument = va_arg(arguments, long);
  va_end(arguments);
  switch (command) {
    case F_DUPFD:
      return static_cast<int>(Return(Install(*file, false, static_cast<int>(argument))));
    case F_DUPFD_CLOEXEC:
      return static_cast<int>(Return(Install(*file, true, static_cast<int>(argument))));
    case F_GETFD:
      return close_on_exec(descriptor) ? FD_CLOEXEC : 0;
    case F_SETFD:
      set_close_on_exec(descriptor, (argument & FD_CLOEXEC) != 0);
      return 0;
    case F_GETFL:
      return file->flags();
    case F_SETFL:
      file->set_flags((file->flags() & ~kSettable) | (static_cast<int>(argument) & kSettable));
      return 0;
    case F_GETLK:
      // Locks hold between processes, and there is one.
      reinterpret_cast<struct flock*>(argument)->l_type = F_UNLCK;
      return 0;
    case F_SETLK:
    case F_SETLKW:
      return 0;
    default:
      return Fail(EINVAL);
  }
}
