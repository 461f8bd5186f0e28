// newlib's locks: around each stream, the list of streams, the environment, the time zone.
//
// A holder may sleep (fflush() writes to a socket), so the others really wait. A thread that
// releases a lock wakes the first waiter but does not hand the lock over: whoever runs first takes
// it.
// SPDX-License-Identifier: Apache-2.0
#include <sys/lock.h>

#include "libs/base/check.h"
#include "libs/heap/heap.h"
#include "libs/libc/thread_hooks.h"

using ashlar::libc::CurrentThread;

struct __lock {
  void* owner;
  unsigned depth;
  ashlar::libc::WaitQueue waiters;
};

namespace {

bool TryAcquire(__lock& lock) {
  void* const self = CurrentThread();
  if (lock.owner != nullptr && lock.owner != self) {
    return false;
  }
  lock.owner = self;
  ++lock.depth;
  return true;
}

void Acquire(__lock& lock) {
  while (!TryAcquire(lock)) {
    ashlar::libc::Wait(lock.waiters);
  }
}

void Release(__lock& lock) {
  ASHLAR_CHECK(lock.owner == CurrentThread());
  if (--lock.depth == 0) {
    lock.owner = nullptr;
    ashlar::libc::WakeFirst(lock.waiters);
  }
}

__lock* Create() {
  auto* const lock = static_cast<__lock*>(ashlar::heap::Allocate(sizeof(__lock)));
  // newlib has no way to hear of this.
  if (lock == nullptr) {
    ashlar::Panic("out of memory: no lock for a stream of stdio");
  }
  *lock = {};
  return lock;
}

}  // namespace

extern "C" {

constinit __lock __lock___sfp_recursive_mutex = {};
constinit __lock __lock___atexit_recursive_mutex = {};
constinit __lock __lock___at_quick_exit_mutex = {};
constinit __lock __lock___malloc_recursive_mutex = {};
constinit __lock __lock___env_recursive_mutex = {};
constinit __lock __lock___tz_mutex = {};
constinit __lock __lock___dd_hash_mutex = {};
constinit __lock __lock___arc4random_mutex = {};

void __retarget_lock_init(_LOCK_T* lock) { *lock = Create(); }
void __retarget_lock_init_recursive(_LOCK_T* lock) { *lock = Create(); }
void __retarget_lock_close(_LOCK_T lock) { ashlar::heap::Free(lock); }
void __retarget_lock_close_recursive(_LOCK_T lock) { ashlar::heap::Free(lock); }
void __retarget_lock_acquire(_LOCK_T lock) { Acquire(*lock); }
void __retarget_lock_acquire_recursive(_LOCK_T lock) { Acquire(*lock); }
int __retarget_lock_try_acquire(_LOCK_T lock) { return TryAcquire(*lock) ? 1 : 0; }
int __retarget_lock_try_acquire_recursive(_LOCK_T lock) { return TryAcquire(*lock) ? 1 : 0; }
void __retarget_lock_release(_LOCK_T lock) { Release(*lock); }
void __retarget_lock_release_recursive(_LOCK_T lock) { Release(*lock); }

}  // extern "C"
