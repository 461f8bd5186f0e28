// PositionedFile: an open file with a position.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/files/positioned_file.h"

#include <fcntl.h>

#include <limits>

namespace ashlar::posix {

PositionedFile::PositionedFile(FileKind kind, int flags)
    : File(kind, flags & (O_ACCMODE | O_APPEND | O_NONBLOCK), kReadable | kWritable) {}

Outcome<std::size_t> PositionedFile::Read(std::span<const iovec> into) {
  std::size_t done = 0;
  for (const iovec& piece : into) {
    const auto got = ReadAt(position_, {static_cast<std::byte*>(piece.iov_base), piece.iov_len});
    if (!got) {
      return done != 0 ? done : got;
    }
    position_ += *got;
    done += *got;
    if (*got < piece.iov_len) {
      break;
    }
  }
  return done;
}

Outcome<std::size_t> PositionedFile::Write(std::span<const iovec> from, Lifetime) {
  if ((flags() & O_APPEND) != 0) {
    position_ = static_cast<std::size_t>(ASHLAR_TRY(Status()).size);
  }
  std::size_t done = 0;
  for (const iovec& piece : from) {
    if (piece.iov_len == 0) {
      continue;
    }
    const auto taken =
        WriteAt(position_, {static_cast<const std::byte*>(piece.iov_base), piece.iov_len});
    if (!taken) {
      return done != 0 ? done : taken;
    }
    position_ += *taken;
    done += *taken;
  }
  return done;
}

Outcome<std::int64_t> PositionedFile::Seek(std::int64_t offset, Whence whence) {
  std::int64_t base = 0;
  switch (whence) {
    case Whence::kStart:
      break;
    case Whence::kCurrent:
      base = static_cast<std::int64_t>(position_);
      break;
    case Whence::kEnd:
      base = ASHLAR_TRY(Status()).size;
      break;
  }
  if (offset > std::numeric_limits<std::int64_t>::max() - base) {
    return Failure(EOVERFLOW);
  }
  if (base + offset < 0) {
    return Failure(EINVAL);
  }
  position_ = static_cast<std::size_t>(base + offset);
  return base + offset;
}

}  // namespace ashlar::posix
