// Attributes of mutexes. All memory is one process's, so any of them may be said to be shared.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pthread.h>

extern "C" int pthread_mutexattr_init(pthread_mutexattr_t* attributes) {
  *attributes = {};
  return 0;
}

extern "C" int pthread_mutexattr_destroy(pthread_mutexattr_t*) { return 0; }

extern "C" int pthread_mutexattr_settype(pthread_mutexattr_t* attributes, int type) {
  if (type != PTHREAD_MUTEX_NORMAL && type != PTHREAD_MUTEX_RECURSIVE &&
      type != PTHREAD_MUTEX_ERRORCHECK) {
    return EINVAL;
  }
  attributes->__type = type;
  return 0;
}

extern "C" int pthread_mutexattr_gettype(const pthread_mutexattr_t* attributes, int* type) {
  *type = attributes->__type;
  return 0;
}

extern "C" int pthread_mutexattr_setpshared(pthread_mutexattr_t* attributes, int shared) {
  attributes->__process_shared = shared;
  return 0;
}

extern "C" int pthread_mutexattr_getpshared(const pthread_mutexattr_t* attributes, int* shared) {
  *shared = attributes->__process_shared;
  return 0;
}
