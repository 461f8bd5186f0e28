// abort(): a panic, after the hook of whoever has something to say first.
// SPDX-License-Identifier: Apache-2.0
#include "libs/libc/abort.h"

#include <stdlib.h>

#include "libs/base/check.h"

namespace ashlar::libc {

constinit void (*abort_hook)() = nullptr;

}  // namespace ashlar::libc

extern "C" void abort() {
  if (ashlar::libc::abort_hook != nullptr) {
    ashlar::libc::abort_hook();
  }
  ashlar::Panic("abort() was called");
}
