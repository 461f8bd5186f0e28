// What a pthread_t points to, and what happens when a thread ends.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <cstddef>
#include <cstdint>

#include "libs/scheduler/scheduler.h"

namespace ashlar::posix {

inline constexpr std::size_t kNameSize = 16;

/// A pthread. On the heap for those that pthread_create() made, until joined; thread-local for
/// main's, and for threads that others started with the scheduler.
struct ThreadRecord {
  scheduler::Thread* thread = nullptr;
  void* (*entry)(void*) = nullptr;  ///< nullptr: not made by pthread_create()
  void* argument = nullptr;
  void* result = nullptr;
  bool detached = false;
  bool finished = false;
  char name[kNameSize] = "";
  _pthread_cleanup_context* cleanup = nullptr;
};

ThreadRecord& CurrentRecord();

inline ThreadRecord& ToRecord(pthread_t thread) { return *reinterpret_cast<ThreadRecord*>(thread); }

/// Runs the destructors of the calling thread's values of pthread keys.
void RunKeyDestructors();

/// Ends the calling thread with `result`, after its destructors. main()'s: waits until the others
/// have ended and leaves the image with status 0.
[[noreturn]] void EndThread(void* result);

}  // namespace ashlar::posix
