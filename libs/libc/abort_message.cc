// How libc++abi says why it ends the program (an exception nobody catches, a pure virtual call).
// SPDX-License-Identifier: Apache-2.0
#include "libs/libc/report.h"

extern "C" [[noreturn, gnu::format(printf, 1, 2)]] void abort_message(const char* format, ...);

extern "C" void abort_message(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  ashlar::libc::PanicFormat(format, arguments);
}
