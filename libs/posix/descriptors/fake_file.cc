// FakeFile: a file for tests. (In a file of its own since tests have run-time type information and
// libraries have not.)
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/descriptors/fake_file.h"

#include <algorithm>

namespace ashlar::posix {

FakeFile::FakeFile(int flags) : WaitingFile(FileKind::kDevice, flags, kWritable) {}

Outcome<std::size_t> FakeFile::Read(std::span<const iovec> into) {
  if (content.empty()) {
    Lower(kReadable);
    return Failure(EAGAIN);
  }
  const std::size_t count = std::min(into[0].iov_len, content.size());
  content.copy(static_cast<char*>(into[0].iov_base), count);
  content.erase(0, count);
  return count;
}

Outcome<std::size_t> FakeFile::Write(std::span<const iovec> from, Lifetime lifetime) {
  if (room == 0) {
    Lower(kWritable);
    return Failure(EAGAIN);
  }
  std::size_t taken = 0;
  for (const iovec& piece : from) {
    const std::size_t count = std::min(room, piece.iov_len);
    content.append(static_cast<const char*>(piece.iov_base), count);
    room -= count;
    taken += count;
  }
  lifetimes.push_back(lifetime);
  return taken;
}

Outcome<FileStatus> FakeFile::Status() { return FileStatus{.kind = FileKind::kDevice}; }
void FakeFile::Close() { ++closed; }

}  // namespace ashlar::posix
