// The thread pointer of a Linux process that has a C library: it belongs to that library, so it
// stays as it is. Ashlar's threads then share the C library's thread-local variables.
// SPDX-License-Identifier: Apache-2.0
#include "libs/thread_pointer/thread_pointer.h"

namespace ashlar::thread_pointer {

void Set(void*) {}

}  // namespace ashlar::thread_pointer
