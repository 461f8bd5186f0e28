// pthread_kill: a handler runs at once, in the caller, whichever thread is meant.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pthread.h>
#include <signal.h>

extern "C" int pthread_kill(pthread_t, int signal) {
  if (signal == 0) {
    return 0;
  }
  return raise(signal) == 0 ? 0 : EINVAL;
}
