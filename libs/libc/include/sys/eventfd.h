// A counter behind a descriptor.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

#define EFD_SEMAPHORE 1
#define EFD_NONBLOCK 0x4000
#define EFD_CLOEXEC 0x40000

typedef uint64_t eventfd_t;

#ifdef __cplusplus
extern "C" {
#endif

int eventfd(unsigned int initial, int flags);
int eventfd_read(int descriptor, eventfd_t* value);
int eventfd_write(int descriptor, eventfd_t value);

#ifdef __cplusplus
}
#endif
