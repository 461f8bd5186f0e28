// Facts about a file system.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

struct statvfs {
  unsigned long f_bsize;
  unsigned long f_frsize;
  fsblkcnt_t f_blocks;
  fsblkcnt_t f_bfree;
  fsblkcnt_t f_bavail;
  fsfilcnt_t f_files;
  fsfilcnt_t f_ffree;
  fsfilcnt_t f_favail;
  unsigned long f_fsid;
  unsigned long f_flag;
  unsigned long f_namemax;
};

#define ST_RDONLY 1
#define ST_NOSUID 2

#ifdef __cplusplus
extern "C" {
#endif

int statvfs(const char* __restrict path, struct statvfs* __restrict buffer);
int fstatvfs(int descriptor, struct statvfs* buffer);

#ifdef __cplusplus
}
#endif
