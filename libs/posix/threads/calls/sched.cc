// sched_yield, and priorities, of which there is one.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include "libs/scheduler/scheduler.h"

extern "C" int sched_yield() {
  ashlar::scheduler::Yield();
  return 0;
}
extern "C" void pthread_yield() { ashlar::scheduler::Yield(); }
extern "C" int sched_get_priority_min(int) { return 0; }
extern "C" int sched_get_priority_max(int) { return 0; }
extern "C" int pthread_setconcurrency(int) { return 0; }
extern "C" int pthread_getconcurrency() { return 1; }
