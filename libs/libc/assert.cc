// What a failed assert() calls.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "libs/libc/report.h"

extern "C" void __assert_func(const char* file, int line, const char* function,
                              const char* expression) {
  ashlar::libc::PanicFormat("assertion \"%s\" failed: %s:%d%s%s", expression, file, line,
                            function == nullptr ? "" : ", ", function == nullptr ? "" : function);
}

extern "C" void __assert(const char* file, int line, const char* expression) {
  __assert_func(file, line, nullptr, expression);
}
