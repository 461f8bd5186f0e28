// Pipes: bytes from one descriptor to another inside the image.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {

/// Bytes a pipe holds before writers wait.
inline constexpr std::size_t kPipeCapacity = 16384;
/// Writes up to this size go in whole or not at all.
inline constexpr std::size_t kPipeAtomicSize = 4096;

struct PipeEnds {
  File& reader;
  File& writer;
};

/// A new pipe, whose ends have no reference yet: Install() both. ENOMEM. `flags`: O_NONBLOCK or 0,
/// for both ends. A read finds the end of file once the writer is closed; a write says EPIPE once
/// the reader is (no SIGPIPE).
Outcome<PipeEnds> CreatePipe(int flags);

}  // namespace ashlar::posix
