// The scheduler: threads that take turns on one CPU.
//
// A facade. The default backend is cooperative and runs to completion: a thread runs until it
// blocks, yields or ends, and then switches straight to the next runnable one; when there is none,
// it runs the event loop itself. There is no scheduler thread and no idle thread.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/clock/clock.h"

namespace ashlar::scheduler {

/// A thread. The one that entered main() is a thread like the others.
class Thread;

struct Options {
  std::string_view name = "thread";    ///< for reports; must live as long as the thread
  std::size_t stack_size = 64 * kKiB;  ///< bytes, rounded up to pages; a guard page lies below
};

/// Starts a thread that runs `entry(argument)` and ends when it returns. It becomes runnable, not
/// running. kOutOfMemory: no stack; nothing was started. The thread must be Join()ed or Detach()ed.
Result<Thread*> Spawn(void (*entry)(void*), void* argument, const Options& options = {});

/// The thread that runs now.
Thread& Current();
std::string_view Name(const Thread& thread);

/// Lets the other runnable threads go first, and the event loop poll once.
void Yield();

/// Sleeps until Wake(Current()); at once if a Wake came since the last Block (one wake is
/// remembered, not two). May return early for no reason: callers check their condition in a loop.
void Block();
/// The same, but no longer than until `deadline`. False if the deadline passed.
bool BlockUntil(clock::Instant deadline);

/// Makes a thread runnable that sleeps, or its next Block() return at once. Any context but
/// interrupts.
void Wake(Thread& thread);

/// Ends the calling thread. The thread that entered main() must not.
[[noreturn]] void Exit();
/// Waits until `thread` ends, and frees it. Once for each thread, and not for itself.
void Join(Thread& thread);
/// Frees `thread` when it ends, or now if it has.
void Detach(Thread& thread);

/// Called on each ending thread, in its own context, before its storage goes: the C library frees
/// its per-thread state here. One hook for the image; the last set counts.
void SetExitHook(void (*hook)());

}  // namespace ashlar::scheduler
