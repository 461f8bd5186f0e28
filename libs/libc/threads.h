// Telling the C library that a program has threads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::libc {

/// Lets the C library's locks wait on the scheduler, and destroys thread_local objects and frees
/// newlib's per-thread memory when a thread ends (scheduler::SetExitHook). To be called before the
/// first thread that uses the C library is spawned: pthread_create does; so must others that call
/// scheduler::Spawn and then printf. Calling it again costs two stores.
void AdoptThreads();

}  // namespace ashlar::libc
