// EventCounter: eventfd's file, a 64-bit number that readers take and writers add to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/posix/descriptors/waiting_file.h"

namespace ashlar::posix {

class EventCounter final : public WaitingFile {
 public:
  /// `semaphore`: a read takes one, not all. `flags`: O_NONBLOCK or 0. ENOMEM.
  static Outcome<EventCounter*> Create(std::uint64_t initial, bool semaphore, int flags);

  Outcome<std::size_t> Read(std::span<const iovec> into) override;
  Outcome<std::size_t> Write(std::span<const iovec> from, Lifetime lifetime) override;
  Outcome<FileStatus> Status() override {
    return FileStatus{.kind = FileKind::kEventCounter, .permissions = 0600};
  }
  void Close() override;

  EventCounter(std::uint64_t initial, bool semaphore, int flags);
  ~EventCounter() = default;

 private:
  std::uint64_t value_;
  bool semaphore_;
};

}  // namespace ashlar::posix
