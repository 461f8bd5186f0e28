// Random bytes from the system.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#define GRND_NONBLOCK 1
#define GRND_RANDOM 2

#ifdef __cplusplus
extern "C" {
#endif

ssize_t getrandom(void* buffer, size_t size, unsigned int flags);
int getentropy(void* buffer, size_t size);

#ifdef __cplusplus
}
#endif
