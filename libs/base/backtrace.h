// Backtraces: the chain of calls, as addresses that a symboliser turns into names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar {

/// One frame as compilers lay it out under -fno-omit-frame-pointer: what the frame pointer (x86-64:
/// RBP, AArch64: X29) points at.
struct Frame {
  const Frame* caller;
  std::uintptr_t return_address;
};

/// Writes one line to the console: the command that names the calls, with the addresses `first` (if
/// not zero) and the return addresses on the chain from `frame` on, at most 32. IMAGE stands for
/// the ELF with symbols.
///
/// A chain that does not go upwards in small steps ends the walk, so a broken stack cannot catch it
/// in a loop. Any context, also fault handlers (with the interrupted frame pointer and program
/// counter).
void WriteBacktrace(const Frame* frame, std::uintptr_t first = 0);

}  // namespace ashlar
