// WaitingFile: a File that threads can sleep on. The base of sockets, pipes, event counters.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {

/// A File whose Wait() puts the calling thread to sleep in the scheduler. Apart from File so that
/// files which never wait (the console, rootfs) do not bring the scheduler along.
class WaitingFile : public File {
 public:
  bool Wait(Readiness wanted, clock::Duration timeout) final;
  /// The same until `deadline`, or for good if that is clock::kNever.
  bool WaitUntil(Readiness wanted, clock::Instant deadline);

 protected:
  using File::File;
  ~WaitingFile() = default;
};

}  // namespace ashlar::posix
