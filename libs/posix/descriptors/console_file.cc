// The console as a file.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/descriptors/console_file.h"

#include "libs/console/console.h"

namespace ashlar::posix {

Outcome<std::size_t> ConsoleFile::Read(std::span<const iovec>) { return 0; }

Outcome<std::size_t> ConsoleFile::Write(std::span<const iovec> from, Lifetime) {
  std::size_t written = 0;
  for (const iovec& piece : from) {
    console::Write({static_cast<const char*>(piece.iov_base), piece.iov_len});
    written += piece.iov_len;
  }
  return written;
}

Outcome<FileStatus> ConsoleFile::Status() {
  return FileStatus{.kind = FileKind::kConsole, .permissions = 0620, .serial = 1};
}

void ConsoleFile::Close() {}

}  // namespace ashlar::posix
