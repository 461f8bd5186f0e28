// pthread_mutex_*.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pthread.h>

#include <new>

#include "libs/posix/threads/locks.h"

using namespace ashlar::posix;

static_assert(sizeof(Mutex) == sizeof(pthread_mutex_t));
static_assert(PTHREAD_MUTEX_RECURSIVE == static_cast<int>(MutexType::kRecursive) &&
              PTHREAD_MUTEX_ERRORCHECK == static_cast<int>(MutexType::kErrorCheck));

namespace {

Mutex& From(pthread_mutex_t* mutex) { return *reinterpret_cast<Mutex*>(mutex); }

}  // namespace

extern "C" int pthread_mutex_init(pthread_mutex_t* mutex, const pthread_mutexattr_t* attributes) {
  ::new (mutex) Mutex(attributes == nullptr ? MutexType::kNormal
                                            : static_cast<MutexType>(attributes->__type));
  return 0;
}

extern "C" int pthread_mutex_destroy(pthread_mutex_t* mutex) {
  return From(mutex).locked() ? EBUSY : 0;
}
extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) { return From(mutex).Lock(); }
extern "C" int pthread_mutex_trylock(pthread_mutex_t* mutex) { return From(mutex).TryLock(); }
extern "C" int pthread_mutex_unlock(pthread_mutex_t* mutex) { return From(mutex).Unlock(); }
