// write and writev.
// SPDX-License-Identifier: Apache-2.0
#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>

#include "libs/posix/descriptors/descriptors.h"

using namespace ashlar::posix;

extern "C" ssize_t write(int descriptor, const void* buffer, size_t size) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Fail(EBADF);
  }
  const iovec from = {const_cast<void*>(buffer), size};
  return Return(Write(*file, std::span(&from, 1)));
}

extern "C" ssize_t writev(int descriptor, const iovec* pieces, int count) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Fail(EBADF);
  }
  if (count < 0 || count > IOV_MAX) {
    return Fail(EINVAL);
  }
  return Return(Write(*file, std::span(pieces, static_cast<size_t>(count))));
}
