// Blocking reads and writes over files that themselves never block.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {
namespace {

bool Blocks(const File& file) { return (file.flags() & O_NONBLOCK) == 0; }

[[gnu::noinline]] Outcome<std::size_t> ReadWaiting(File& file, std::span<const iovec> into) {
  const Reference reference(file);
  while (file.Wait(kReadable | kReadHangUp, file.read_timeout())) {
    const Outcome<std::size_t> got = file.Read(into);
    if (got || got.error() != EAGAIN) {
      return got;
    }
  }
  return Failure(EAGAIN);
}

std::size_t SizeOf(std::span<const iovec> pieces) {
  std::size_t size = 0;
  for (const iovec& piece : pieces) {
    size += piece.iov_len;
  }
  return size;
}

/// Goes on writing after the first `written` of `size` bytes.
[[gnu::noinline]] Outcome<std::size_t> WriteWaiting(File& file, std::span<const iovec> from,
                                                    Lifetime lifetime, std::size_t written,
                                                    std::size_t size) {
  const Reference reference(file);
  std::size_t in_piece = written;  // of the first piece of `from`, bytes that are written
  while (true) {
    while (!from.empty() && in_piece >= from.front().iov_len) {
      in_piece -= from.front().iov_len;
      from = from.subspan(1);
    }
    if (written == size || (written != 0 && (file.readiness() & kError) != 0)) {
      return written;  // an error is told once: to the next call
    }
    Outcome<std::size_t> taken = Failure(EAGAIN);
    if (in_piece != 0) {
      const iovec rest = {static_cast<std::byte*>(from.front().iov_base) + in_piece,
                          from.front().iov_len - in_piece};
      taken = file.Write(std::span(&rest, 1), lifetime);
    } else {
      taken = file.Write(from, lifetime);
    }
    if (taken) {
      written += *taken;
      in_piece += *taken;
      continue;
    }
    if (taken.error() != EAGAIN || !file.Wait(kWritable, file.write_timeout())) {
      return written == 0 ? taken : written;
    }
  }
}

}  // namespace

Outcome<std::size_t> Read(File& file, std::span<const iovec> into) {
  if ((file.flags() & O_ACCMODE) == O_WRONLY) [[unlikely]] {
    return Failure(EBADF);
  }
  const Outcome<std::size_t> got = file.Read(into);
  if (got || got.error() != EAGAIN || !Blocks(file)) [[likely]] {
    return got;
  }
  return ReadWaiting(file, into);
}

Outcome<std::size_t> Write(File& file, std::span<const iovec> from, Lifetime lifetime) {
  if ((file.flags() & O_ACCMODE) == O_RDONLY) [[unlikely]] {
    return Failure(EBADF);
  }
  const Outcome<std::size_t> taken = file.Write(from, lifetime);
  if (!Blocks(file) || (!taken && taken.error() != EAGAIN)) {
    return taken;
  }
  std::size_t size = SizeOf(from);
  const std::size_t written = taken.value_or(0);
  if (written == size) [[likely]] {
    return written;
  }
  if (file.kind() == FileKind::kEventCounter) {
    size = sizeof(std::uint64_t);  // no call adds twice
  }
  return WriteWaiting(file, from, lifetime, written, size);
}

}  // namespace ashlar::posix
