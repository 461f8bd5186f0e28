// newlib's <sys/stat.h>, and what it keeps for other systems.
// SPDX-License-Identifier: Apache-2.0
#ifndef ASHLAR_SYS_STAT_H_
#define ASHLAR_SYS_STAT_H_

#include_next <sys/stat.h>

#define UTIME_NOW 0x3fffffffL
#define UTIME_OMIT 0x3ffffffeL

#ifdef __cplusplus
extern "C" {
#endif

int lstat(const char* __restrict path, struct stat* __restrict buffer);
int mknod(const char* path, mode_t mode, dev_t device);

#ifdef __cplusplus
}
#endif

#endif  // ASHLAR_SYS_STAT_H_
