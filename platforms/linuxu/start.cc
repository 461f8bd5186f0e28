// From the ELF entry to the image's own start-up code.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "libs/linux/process.h"
#include "platforms/linuxu/fault.h"

/// Thread-local storage, init steps, main: the file that unikernel_image writes.
extern "C" [[noreturn]] void ashlar_start();

/// Called by entry.S on the boot stack.
extern "C" [[noreturn]] void LinuxuStart(std::uintptr_t* initial_stack) {
  ashlar::linux::process::SetInitialStack(initial_stack);
  ashlar::linuxu::CatchFaults();
  ashlar_start();
}
