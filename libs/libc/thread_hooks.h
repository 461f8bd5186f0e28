// How the C library's locks wait, without linking the scheduler into programs that have one thread.
//
// A lock that is free is taken with a store. One that another thread holds can only be met where
// there are threads, and then threads.cc has set these hooks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::libc {

/// A thread that sleeps; lives on its stack.
struct Waiter {
  Waiter* next;
  void* thread;  // a scheduler::Thread
  bool woken;
};

/// The threads that wait for one thing, first come first. All zero at first.
struct WaitQueue {
  Waiter* first;
  Waiter* last;
};

/// Sleeps in the queue until WakeFirst takes this thread out. Panics in a program that has not
/// called AdoptThreads(): it has one thread, which waits for itself.
void Wait(WaitQueue& queue);

/// Makes the thread that has waited longest runnable. Nothing if there is none.
void WakeFirst(WaitQueue& queue);

struct ThreadHooks {
  void (*wait)(WaitQueue&);
  void (*wake_first)(WaitQueue&);
};
/// Both null until AdoptThreads().
extern ThreadHooks thread_hooks;

/// The identity of the thread that runs, never null: an address in its thread-local storage.
void* CurrentThread();

}  // namespace ashlar::libc
