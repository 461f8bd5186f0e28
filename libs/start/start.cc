// Runs the application's constructors and main(), and exits with its status.
// SPDX-License-Identifier: Apache-2.0
#include "libs/start/start.h"

#include <span>

#include "libs/command_line/command_line.h"

extern "C" {
// The application's global constructors, between two symbols of the linker script.
extern void (*const __init_array_start[])();
extern void (*const __init_array_end[])();

// The C library's: runs exit handlers, flushes streams, ends the image.
[[noreturn]] void exit(int status);
}

namespace ashlar::start {

void RunMain(Main* application_main) {
  for (void (*const* constructor)() = __init_array_start; constructor != __init_array_end;
       ++constructor) {
    (*constructor)();
  }
  const std::span<char*> arguments = command_line::Arguments();
  char** const environment =
      arguments.data() + arguments.size();  // the null pointer behind the last one
  exit(application_main(static_cast<int>(arguments.size()), arguments.data(), environment));
}

}  // namespace ashlar::start
