// pthread_barrier_*.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pthread.h>

#include <new>

#include "libs/posix/threads/locks.h"

using namespace ashlar::posix;

static_assert(sizeof(Barrier) <= sizeof(pthread_barrier_t));

extern "C" int pthread_barrierattr_init(pthread_barrierattr_t* attributes) {
  *attributes = {};
  return 0;
}
extern "C" int pthread_barrierattr_destroy(pthread_barrierattr_t*) { return 0; }
extern "C" int pthread_barrierattr_setpshared(pthread_barrierattr_t* attributes, int shared) {
  attributes->__process_shared = shared;
  return 0;
}
extern "C" int pthread_barrierattr_getpshared(const pthread_barrierattr_t* attributes,
                                              int* shared) {
  *shared = attributes->__process_shared;
  return 0;
}

extern "C" int pthread_barrier_init(pthread_barrier_t* barrier, const pthread_barrierattr_t*,
                                    unsigned count) {
  if (count == 0) {
    return EINVAL;
  }
  ::new (barrier) Barrier(count);
  return 0;
}
extern "C" int pthread_barrier_destroy(pthread_barrier_t*) { return 0; }
extern "C" int pthread_barrier_wait(pthread_barrier_t* barrier) {
  return reinterpret_cast<Barrier*>(barrier)->Wait() ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}
