// abort() and its one hook.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::libc {

/// Called by abort() before it panics, or nullptr: signal.cc runs a program's own handler of
/// SIGABRT here.
extern void (*abort_hook)();

}  // namespace ashlar::libc
