// TransferFile: what sendfile() stands on.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/files/transfer_file.h"

#include <algorithm>
#include <array>

namespace ashlar::posix {
namespace {

Outcome<std::size_t> WriteBytes(File& to, std::span<const std::byte> bytes, Lifetime lifetime) {
  const iovec piece = {const_cast<std::byte*>(bytes.data()), bytes.size()};
  return Write(to, std::span(&piece, 1), lifetime);
}

Outcome<std::size_t> Copy(File& to, File& from, std::int64_t offset, std::size_t count) {
  std::array<std::byte, 4096> buffer;
  std::size_t done = 0;
  while (done < count) {
    const iovec piece = {buffer.data(), std::min(buffer.size(), count - done)};
    ASHLAR_TRY(from.Seek(offset + static_cast<std::int64_t>(done), Whence::kStart));
    const auto got = Read(from, std::span(&piece, 1));
    if (!got || *got == 0) {
      return done == 0 ? got : done;
    }
    const auto written = WriteBytes(to, std::span(buffer).first(*got), Lifetime::kCall);
    if (!written) {
      return done == 0 ? written : done;
    }
    done += *written;
    if (*written < *got) {
      break;
    }
  }
  return done;
}

}  // namespace

Outcome<std::size_t> TransferFile(File& to, File& from, std::optional<std::int64_t> offset,
                                  std::size_t count) {
  const Reference to_stays(to);
  const Reference from_stays(from);
  if (offset && *offset < 0) {
    return Failure(EINVAL);
  }
  const FileStatus status = ASHLAR_TRY(from.Status());
  if (status.kind != FileKind::kRegular) {
    return Failure(EINVAL);
  }
  const std::int64_t before = ASHLAR_TRY(from.Seek(0, Whence::kCurrent));
  const std::int64_t start = offset.value_or(before);
  if (start >= status.size) {
    return 0;
  }
  count = std::min(count, static_cast<std::size_t>(status.size - start));
  const bool constant = !status.constant_contents.empty();
  const auto sent =
      constant
          ? WriteBytes(to, status.constant_contents.subspan(static_cast<std::size_t>(start), count),
                       Lifetime::kImage)
          : Copy(to, from, start, count);
  if (!offset && sent) {
    (void)from.Seek(start + static_cast<std::int64_t>(*sent), Whence::kStart);
  } else if (!constant) {
    (void)from.Seek(before, Whence::kStart);
  }
  return sent;
}

}  // namespace ashlar::posix
