// The halt of a Linux process without a C library: the process ends.
// SPDX-License-Identifier: Apache-2.0
#include "libs/halt/halt.h"
#include "libs/linux/system_call.h"

namespace ashlar::halt {

void Exit(int status) {
  linux::SystemCall(linux::Number::kExitGroup,
                    status < 0 || status > kMaxStatus ? kMaxStatus : status);
  __builtin_trap();
}

}  // namespace ashlar::halt
