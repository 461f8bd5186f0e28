// From the ELF entry to the image's own start-up code.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "libs/linux/linux.h"
#include "libs/linux/process.h"
#include "platforms/linuxu/fault.h"

namespace ashlar::linuxu {
namespace {

// Whoever reads the console may go: what is written there is dropped then, and the image goes on.
void IgnoreBrokenPipes() {
  (void)linux::SetSignalAction(
      linux::kSigpipe, {.handler = reinterpret_cast<linux::SignalHandler>(linux::kIgnoreSignal),
                        .flags = 0,
                        .restorer = nullptr,
                        .mask = 0});
}

}  // namespace
}  // namespace ashlar::linuxu

/// Thread-local storage, init steps, main: the file that unikernel_image writes.
extern "C" [[noreturn]] void ashlar_start();

/// Called by entry.S on the boot stack.
extern "C" [[noreturn]] void LinuxuStart(std::uintptr_t* initial_stack) {
  ashlar::linux::process::SetInitialStack(initial_stack);
  ashlar::linuxu::CatchFaults();
  ashlar::linuxu::IgnoreBrokenPipes();
  ashlar_start();
}
