// The end: how a unikernel leaves its machine.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::halt {

/// The largest status that arrives unchanged on every backend (QEMU's exit device carries seven
/// bits).
inline constexpr int kMaxStatus = 126;

/// Ends the image: powers the machine off or ends the process, telling the host `status` where it
/// can be told. 0 is success; what lies outside 0..kMaxStatus arrives as kMaxStatus.
///
/// Never returns, runs no destructors and no exit handlers, flushes nothing. Safe in every context.
[[noreturn]] void Exit(int status);

}  // namespace ashlar::halt
