// pread, pwrite, preadv and pwritev.
//
// They move the file's position and put it back: nobody else runs in between, since files never
// block.
// SPDX-License-Identifier: Apache-2.0
#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>

#include "libs/posix/descriptors/descriptors.h"

using namespace ashlar::posix;

namespace {

template <typename Transfer>
ssize_t At(int descriptor, off_t offset, Transfer transfer) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Fail(EBADF);
  }
  if (offset < 0) {
    return Fail(EINVAL);
  }
  const auto previous = file->Seek(0, Whence::kCurrent);
  if (!previous) {
    return Fail(previous.error());
  }
  if (const auto moved = file->Seek(offset, Whence::kStart); !moved) {
    return Fail(moved.error());
  }
  const auto done = transfer(*file);
  (void)file->Seek(*previous, Whence::kStart);
  return Return(done);
}

}  // namespace

extern "C" ssize_t pread(int descriptor, void* buffer, size_t size, off_t offset) {
  const iovec into = {buffer, size};
  return At(descriptor, offset, [&](File& file) { return Read(file, std::span(&into, 1)); });
}

extern "C" ssize_t pwrite(int descriptor, const void* buffer, size_t size, off_t offset) {
  const iovec from = {const_cast<void*>(buffer), size};
  return At(descriptor, offset, [&](File& file) { return Write(file, std::span(&from, 1)); });
}

extern "C" ssize_t preadv(int descriptor, const iovec* pieces, int count, off_t offset) {
  if (count < 0 || count > IOV_MAX) {
    return Fail(EINVAL);
  }
  return At(descriptor, offset,
            [&](File& file) { return Read(file, std::span(pieces, static_cast<size_t>(count))); });
}

extern "C" ssize_t pwritev(int descriptor, const iovec* pieces, int count, off_t offset) {
  if (count < 0 || count > IOV_MAX) {
    return Fail(EINVAL);
  }
  return At(descriptor, offset,
            [&](File& file) { return Write(file, std::span(pieces, static_cast<size_t>(count))); });
}
