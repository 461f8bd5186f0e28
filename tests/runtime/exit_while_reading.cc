// A program whose other thread waits for input, with the stream's lock held, when main() returns:
// its status is 0 only if exit() does not wait for that.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <unistd.h>

#include <semaphore>
#include <thread>

int main() {
  static std::binary_semaphore reading(0);
  int ends[2];
  if (pipe(ends) != 0) {
    return 1;
  }
  FILE* const stream = fdopen(ends[0], "r");
  if (stream == nullptr) {
    return 1;
  }
  std::thread([stream] {
    char line[16];
    reading.release();
    fgets(line, sizeof(line), stream);
    _exit(1);  // This thread ran once more, because exit() waited.
  }).detach();
  reading.acquire();
  // Runnable now, and running as soon as somebody waits.
  return write(ends[1], "\n", 1) == 1 ? 0 : 1;
}
