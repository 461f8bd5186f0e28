// syslog(): lines on the standard error stream, with the program's name.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <syslog.h>

namespace {

constinit const char* name = nullptr;

}  // namespace

extern "C" {

void openlog(const char* identity, int, int) { name = identity; }

void vsyslog(int, const char* format, va_list arguments) {
  const int error_number = errno;  // what %m stands for
  flockfile(stderr);
  if (name != nullptr) {
    fprintf(stderr, "%s: ", name);
  }
  errno = error_number;
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  funlockfile(stderr);
}

void syslog(int priority, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsyslog(priority, format, arguments);
  va_end(arguments);
}

void closelog() { name = nullptr; }

}  // extern "C"
