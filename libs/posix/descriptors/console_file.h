// ConsoleFile: what descriptors 0, 1 and 2 of a new image stand for.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>

#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {

/// Writes go to the console, byte for byte; reading finds the end of file at once, since consoles
/// have no input yet.
class ConsoleFile final : public File {
 public:
  /// The three references are those of the first three descriptors.
  constexpr ConsoleFile() : File(FileKind::kConsole, O_RDWR, kReadable | kWritable) {
    Retain();
    Retain();
    Retain();
  }

  Outcome<std::size_t> Read(std::span<const iovec> into) override;
  Outcome<std::size_t> Write(std::span<const iovec> from, Lifetime lifetime) override;
  Outcome<FileStatus> Status() override;
  void Close() override;
};

}  // namespace ashlar::posix
