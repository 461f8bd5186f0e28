// pthread_rwlock_*.
// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>

#include <new>

#include "libs/posix/threads/locks.h"
#include "libs/posix/time/time.h"

using namespace ashlar::posix;

static_assert(sizeof(ReadWriteLock) <= sizeof(pthread_rwlock_t));

namespace {

ReadWriteLock& From(pthread_rwlock_t* lock) { return *reinterpret_cast<ReadWriteLock*>(lock); }

}  // namespace

extern "C" int pthread_rwlockattr_init(pthread_rwlockattr_t* attributes) {
  *attributes = {};
  return 0;
}
extern "C" int pthread_rwlockattr_destroy(pthread_rwlockattr_t*) { return 0; }
extern "C" int pthread_rwlockattr_setpshared(pthread_rwlockattr_t* attributes, int shared) {
  attributes->__process_shared = shared;
  return 0;
}
extern "C" int pthread_rwlockattr_getpshared(const pthread_rwlockattr_t* attributes, int* shared) {
  *shared = attributes->__process_shared;
  return 0;
}

extern "C" int pthread_rwlock_init(pthread_rwlock_t* lock, const pthread_rwlockattr_t*) {
  ::new (lock) ReadWriteLock;
  return 0;
}
extern "C" int pthread_rwlock_destroy(pthread_rwlock_t*) { return 0; }
extern "C" int pthread_rwlock_rdlock(pthread_rwlock_t* lock) { return From(lock).LockShared(); }
extern "C" int pthread_rwlock_wrlock(pthread_rwlock_t* lock) { return From(lock).LockExclusive(); }
extern "C" int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) {
  return From(lock).TryLockShared();
}
extern "C" int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) {
  return From(lock).TryLockExclusive();
}
extern "C" int pthread_rwlock_unlock(pthread_rwlock_t* lock) { return From(lock).Unlock(); }

extern "C" int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                                          const timespec* deadline) {
  const auto instant = ToInstant(clock, *deadline);
  return instant ? From(lock).LockShared(*instant) : instant.error().value;
}
extern "C" int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                                          const timespec* deadline) {
  const auto instant = ToInstant(clock, *deadline);
  return instant ? From(lock).LockExclusive(*instant) : instant.error().value;
}
extern "C" int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* deadline) {
  return pthread_rwlock_clockrdlock(lock, CLOCK_REALTIME, deadline);
}
extern "C" int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* deadline) {
  return pthread_rwlock_clockwrlock(lock, CLOCK_REALTIME, deadline);
}
