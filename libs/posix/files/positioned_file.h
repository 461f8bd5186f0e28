// PositionedFile: an open file with a position, for file systems to derive from.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {

/// A regular file: turns reads and writes at the position into ReadAt and WriteAt. Always ready,
/// never waits.
class PositionedFile : public File {
 public:
  Outcome<std::size_t> Read(std::span<const iovec> into) final;
  Outcome<std::size_t> Write(std::span<const iovec> from, Lifetime lifetime) final;
  Outcome<std::int64_t> Seek(std::int64_t offset, Whence whence) final;

  virtual Outcome<std::size_t> ReadAt(std::size_t offset, std::span<std::byte> into) = 0;
  virtual Outcome<std::size_t> WriteAt(std::size_t offset, std::span<const std::byte> from) = 0;
  virtual Outcome<void> Resize(std::size_t size) = 0;
  virtual void SetPermissions(std::uint16_t permissions) = 0;
  virtual void SetModified(std::chrono::nanoseconds modified) = 0;

 protected:
  /// `flags`: the access mode, O_APPEND and O_NONBLOCK of them are kept.
  PositionedFile(FileKind kind, int flags);
  ~PositionedFile() = default;

 private:
  std::size_t position_ = 0;
};

}  // namespace ashlar::posix
