// A program whose output sits in streams' buffers when main() returns: its status is 0 only if
// exit() writes it, also where a stream has no descriptor.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

// A write may sleep, and other threads print meanwhile: no stream is closed yet.
ssize_t Write(void*, const char* text, size_t size) {
  const bool whole = size == 4 && memcmp(text, "kept", 4) == 0;
  _exit(whole && fputs("flushed by exit()\n", stdout) >= 0 ? 0 : 1);
}

}  // namespace

int main() {
  static char buffer[256];
  setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
  fputs("kept in a buffer, and ", stdout);
  FILE* const stream = fopencookie(
      nullptr, "w", {.read = nullptr, .write = Write, .seek = nullptr, .close = nullptr});
  return stream != nullptr && fputs("kept", stream) >= 0 ? 2 : 1;
}
