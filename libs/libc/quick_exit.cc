// quick_exit(): the other way out, which runs only what at_quick_exit() was given.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include <array>
#include <cstddef>

#include "libs/halt/halt.h"
#include "libs/libc/exit.h"

namespace {

// ISO C guarantees 32.
constinit std::array<void (*)(), 32> functions = {};
constinit std::size_t count = 0;

}  // namespace

extern "C" int at_quick_exit(void (*function)()) {
  if (count == functions.size()) {
    return -1;
  }
  functions[count++] = function;
  return 0;
}

extern "C" void quick_exit(int status) {
  ashlar::libc::exit_has_begun = true;
  while (count != 0) {
    functions[--count]();
  }
  ashlar::halt::Exit(status);
}
