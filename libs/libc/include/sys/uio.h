// Reading and writing several buffers at once.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

struct iovec {
  void* iov_base;
  size_t iov_len;
};

#define IOV_MAX 1024
#define UIO_MAXIOV IOV_MAX

#ifdef __cplusplus
extern "C" {
#endif

ssize_t readv(int descriptor, const struct iovec* vectors, int count);
ssize_t writev(int descriptor, const struct iovec* vectors, int count);
ssize_t preadv(int descriptor, const struct iovec* vectors, int count, off_t offset);
ssize_t pwritev(int descriptor, const struct iovec* vectors, int count, off_t offset);

#ifdef __cplusplus
}
#endif
