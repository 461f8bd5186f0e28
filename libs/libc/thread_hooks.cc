// The hooks' place, and what a lock does while there is one thread only.
// SPDX-License-Identifier: Apache-2.0
#include "libs/libc/thread_hooks.h"

#include "libs/base/check.h"

namespace ashlar::libc {
namespace {

constinit thread_local char identity = 0;

}  // namespace

constinit ThreadHooks thread_hooks = {};

void* CurrentThread() { return &identity; }

void Wait(WaitQueue& queue) {
  if (thread_hooks.wait == nullptr) {
    Panic(
        "a lock of the C library is taken, and no other thread is known: whoever calls "
        "scheduler::Spawn must call "
        "libc::AdoptThreads first");
  }
  thread_hooks.wait(queue);
}

void WakeFirst(WaitQueue& queue) {
  if (queue.first != nullptr) {
    thread_hooks.wake_first(queue);
  }
}

}  // namespace ashlar::libc
