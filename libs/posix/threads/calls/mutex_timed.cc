// pthread_mutex_timedlock and pthread_mutex_clocklock, apart because they need the clock.
// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>

#include "libs/posix/threads/locks.h"
#include "libs/posix/time/time.h"

using namespace ashlar::posix;

extern "C" int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                                       const timespec* deadline) {
  auto& lock = *reinterpret_cast<Mutex*>(mutex);
  if (lock.TryLock() == 0) {
    return 0;
  }
  const auto instant = ToInstant(clock, *deadline);
  return instant ? lock.Lock(*instant) : instant.error().value;
}

extern "C" int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* deadline) {
  return pthread_mutex_clocklock(mutex, CLOCK_REALTIME, deadline);
}
