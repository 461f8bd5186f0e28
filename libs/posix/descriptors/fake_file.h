// FakeFile: a file for tests, which takes and gives what the test allows.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>

#include <string>
#include <vector>

#include "libs/posix/descriptors/waiting_file.h"

namespace ashlar::posix {

class FakeFile final : public WaitingFile {
 public:
  explicit FakeFile(int flags = O_RDWR);

  /// Gives the first bytes of `content`, or says EAGAIN.
  Outcome<std::size_t> Read(std::span<const iovec> into) override;
  /// Appends at most `room` bytes to `content`, or says EAGAIN.
  Outcome<std::size_t> Write(std::span<const iovec> from, Lifetime lifetime) override;
  Outcome<FileStatus> Status() override;
  void Close() override;
  using File::Lower;
  using File::Raise;

  std::string content;
  std::size_t room = 1000;
  int closed = 0;                   ///< how often Close() was called
  std::vector<Lifetime> lifetimes;  ///< of each Write
};

}  // namespace ashlar::posix
