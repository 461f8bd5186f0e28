// exit(), _exit() and _Exit().
// SPDX-License-Identifier: Apache-2.0
#include "libs/libc/exit.h"

#include <stdlib.h>
#include <unistd.h>

#include "libs/halt/halt.h"

namespace ashlar::libc {

constinit bool exit_has_begun = false;
constinit std::array<void (*)(), 2> exit_stages = {};

}  // namespace ashlar::libc

// newlib's stdio flushes its streams through this, which it sets when it opens the first one.
extern "C" {
extern void (*__stdio_exit_handler)();
constinit void (*__stdio_exit_handler)() = nullptr;
}

void exit(int status) {
  ashlar::libc::exit_has_begun = true;
  ashlar::libc::RunExitStage(ashlar::libc::ExitStage::kThreadLocals);
  ashlar::libc::RunExitStage(ashlar::libc::ExitStage::kAtExit);
  if (__stdio_exit_handler != nullptr) {
    __stdio_exit_handler();
  }
  ashlar::halt::Exit(status);
}

void _exit(int status) { ashlar::halt::Exit(status); }

void _Exit(int status) { ashlar::halt::Exit(status); }
