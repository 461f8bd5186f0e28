// lseek.
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "libs/posix/descriptors/descriptors.h"

using namespace ashlar::posix;

extern "C" off_t lseek(int descriptor, off_t offset, int whence) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Fail(EBADF);
  }
  switch (whence) {
    case SEEK_SET:
      return Return(file->Seek(offset, Whence::kStart));
    case SEEK_CUR:
      return Return(file->Seek(offset, Whence::kCurrent));
    case SEEK_END:
      return Return(file->Seek(offset, Whence::kEnd));
    default:
      return Fail(EINVAL);
  }
}
