// From a file to a socket without a buffer between.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

ssize_t sendfile(int to, int from, off_t* offset, size_t count);

#ifdef __cplusplus
}
#endif
