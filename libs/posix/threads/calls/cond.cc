// pthread_cond_* without a time limit, and attributes of condition variables.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include <new>

#include "libs/posix/threads/locks.h"

using namespace ashlar::posix;

static_assert(sizeof(ConditionVariable) <= sizeof(pthread_cond_t::__storage));

namespace {

ConditionVariable& From(pthread_cond_t* condition) {
  return *reinterpret_cast<ConditionVariable*>(condition);
}

}  // namespace

extern "C" int pthread_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attributes) {
  *condition = {};
  if (attributes != nullptr) {
    condition->__clock = attributes->__clock;
  }
  return 0;
}

extern "C" int pthread_cond_destroy(pthread_cond_t*) { return 0; }

extern "C" int pthread_cond_signal(pthread_cond_t* condition) {
  From(condition).NotifyOne();
  return 0;
}

extern "C" int pthread_cond_broadcast(pthread_cond_t* condition) {
  From(condition).NotifyAll();
  return 0;
}

extern "C" int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return From(condition).Wait(*reinterpret_cast<Mutex*>(mutex));
}

extern "C" int pthread_condattr_init(pthread_condattr_t* attributes) {
  *attributes = {};
  return 0;
}

extern "C" int pthread_condattr_destroy(pthread_condattr_t*) { return 0; }

extern "C" int pthread_condattr_setclock(pthread_condattr_t* attributes, clockid_t clock) {
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
    return EINVAL;
  }
  attributes->__clock = static_cast<unsigned long>(clock);
  return 0;
}

extern "C" int pthread_condattr_getclock(const pthread_condattr_t* attributes, clockid_t* clock) {
  *clock = attributes->__clock == 0 ? CLOCK_REALTIME : static_cast<clockid_t>(attributes->__clock);
  return 0;
}

extern "C" int pthread_condattr_setpshared(pthread_condattr_t* attributes, int shared) {
  attributes->__process_shared = shared;
  return 0;
}

extern "C" int pthread_condattr_getpshared(const pthread_condattr_t* attributes, int* shared) {
  *shared = attributes->__process_shared;
  return 0;
}
