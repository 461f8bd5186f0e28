// The halt of a Linux process that has a C library: tools and unit tests.
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "libs/halt/halt.h"

namespace ashlar::halt {

void Exit(int status) { _exit(status < 0 || status > kMaxStatus ? kMaxStatus : status); }

}  // namespace ashlar::halt
