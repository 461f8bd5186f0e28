// pthread_cond_timedwait and pthread_cond_clockwait.
// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>

#include "libs/posix/threads/locks.h"
#include "libs/posix/time/time.h"

using namespace ashlar::posix;

extern "C" int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                      clockid_t clock, const timespec* deadline) {
  const auto instant = ToInstant(clock, *deadline);
  if (!instant) {
    return instant.error().value;
  }
  return reinterpret_cast<ConditionVariable*>(condition)->Wait(*reinterpret_cast<Mutex*>(mutex),
                                                               *instant);
}

extern "C" int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                      const timespec* deadline) {
  const clockid_t clock =
      condition->__clock == 0 ? CLOCK_REALTIME : static_cast<clockid_t>(condition->__clock);
  return pthread_cond_clockwait(condition, mutex, clock, deadline);
}
