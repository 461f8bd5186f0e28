// fsync, fdatasync, sync, posix_fadvise, posix_fallocate: memory needs none of it.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include "libs/posix/files/positioned_file.h"

using namespace ashlar::posix;

extern "C" {

int fsync(int descriptor) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Fail(EBADF);
  }
  return file->kind() == FileKind::kRegular || file->kind() == FileKind::kDirectory ? 0
                                                                                    : Fail(EINVAL);
}
int fdatasync(int descriptor) { return fsync(descriptor); }
void sync() {}
int posix_fadvise(int descriptor, off_t, off_t, int) {
  return Find(descriptor) == nullptr ? EBADF : 0;
}

int posix_fallocate(int descriptor, off_t offset, off_t length) {
  File* const file = Find(descriptor);
  if (file == nullptr || (file->flags() & O_ACCMODE) == O_RDONLY) {
    return EBADF;
  }
  if (offset < 0 || length <= 0) {
    return EINVAL;
  }
  if (file->kind() != FileKind::kRegular) {
    return ENODEV;
  }
  const auto status = file->Status();
  if (!status) {
    return status.error().value;
  }
  if (offset + length > status->size) {
    const auto resized =
        static_cast<PositionedFile*>(file)->Resize(static_cast<std::size_t>(offset + length));
    return resized ? 0 : resized.error().value;
  }
  return 0;
}

}  // extern "C"
