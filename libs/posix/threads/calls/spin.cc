// pthread_spin_*: threads are cooperative, so whoever spins lets the others run.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pthread.h>

#include "libs/scheduler/scheduler.h"

extern "C" int pthread_spin_init(pthread_spinlock_t* lock, int) {
  *lock = {};
  return 0;
}
extern "C" int pthread_spin_destroy(pthread_spinlock_t*) { return 0; }

extern "C" int pthread_spin_trylock(pthread_spinlock_t* lock) {
  if (lock->__storage[0] != 0) {
    return EBUSY;
  }
  lock->__storage[0] = 1;
  return 0;
}

extern "C" int pthread_spin_lock(pthread_spinlock_t* lock) {
  while (pthread_spin_trylock(lock) != 0) {
    ashlar::scheduler::Yield();
  }
  return 0;
}

extern "C" int pthread_spin_unlock(pthread_spinlock_t* lock) {
  lock->__storage[0] = 0;
  return 0;
}
