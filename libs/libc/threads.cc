// The hooks for programs with threads: locks block and wake by the scheduler.
// SPDX-License-Identifier: Apache-2.0
#include "libs/libc/threads.h"

#include <reent.h>

#include "libs/libc/exit.h"
#include "libs/libc/thread_hooks.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::libc {
namespace {

void Sleep(WaitQueue& queue) {
  Waiter self = {.next = nullptr, .thread = &scheduler::Current(), .woken = false};
  if (queue.first == nullptr) {
    queue.first = &self;
  } else {
    queue.last->next = &self;
  }
  queue.last = &self;
  while (!self.woken) {
    scheduler::Block();
  }
}

void TakeFirst(WaitQueue& queue) {
  Waiter& waiter = *queue.first;
  queue.first = waiter.next;
  waiter.woken = true;
  scheduler::Wake(*static_cast<scheduler::Thread*>(waiter.thread));
}

void EndThread() {
  RunThreadLocalDestructors();
  _reclaim_reent(nullptr);
}

}  // namespace

void AdoptThreads() {
  thread_hooks = {.wait = Sleep, .wake_first = TakeFirst};
  scheduler::SetExitHook(EndThread);
}

}  // namespace ashlar::libc
