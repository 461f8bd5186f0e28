// ioctl.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/ioctl.h>

#include <cstdarg>

#include "libs/posix/descriptors/descriptors.h"

using namespace ashlar::posix;

extern "C" int ioctl(int descriptor, unsigned long request, ...) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Fail(EBADF);
  }
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  if (request == FIONBIO) {
    const bool on = *static_cast<const int*>(argument) != 0;
    file->set_flags(on ? file->flags() | O_NONBLOCK : file->flags() & ~O_NONBLOCK);
    return 0;
  }
  return static_cast<int>(Return(file->Control(request, argument)));
}
