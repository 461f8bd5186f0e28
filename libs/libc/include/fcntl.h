// newlib's <fcntl.h>, and what it keeps for other systems.
// SPDX-License-Identifier: Apache-2.0
#ifndef ASHLAR_FCNTL_H_
#define ASHLAR_FCNTL_H_

#include_next <fcntl.h>
#include <sys/types.h>

#define POSIX_FADV_NORMAL 0
#define POSIX_FADV_RANDOM 1
#define POSIX_FADV_SEQUENTIAL 2
#define POSIX_FADV_WILLNEED 3
#define POSIX_FADV_DONTNEED 4
#define POSIX_FADV_NOREUSE 5

#ifdef __cplusplus
extern "C" {
#endif

int posix_fadvise(int descriptor, off_t offset, off_t length, int advice);
int posix_fallocate(int descriptor, off_t offset, off_t length);

#ifdef __cplusplus
}
#endif

#endif  // ASHLAR_FCNTL_H_
