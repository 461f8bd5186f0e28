// pthread_once.
// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>

#include "libs/posix/threads/locks.h"

using namespace ashlar::posix;

static_assert(sizeof(Once) <= sizeof(pthread_once_t));

extern "C" int pthread_once(pthread_once_t* once, void (*function)()) {
  reinterpret_cast<Once*>(once)->Call(function);
  return 0;
}
