// A timer behind a descriptor.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

#define TFD_NONBLOCK 0x4000
#define TFD_CLOEXEC 0x40000
#define TFD_TIMER_ABSTIME 1

#ifdef __cplusplus
extern "C" {
#endif

int timerfd_create(int clock, int flags);
int timerfd_settime(int descriptor, int flags, const struct itimerspec* value,
                    struct itimerspec* old);
int timerfd_gettime(int descriptor, struct itimerspec* value);

#ifdef __cplusplus
}
#endif
