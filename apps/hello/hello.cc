// Prints a line; its argument, if it has one, is the exit status, which `bazel run` passes on.
// SPDX-License-Identifier: Apache-2.0
#include "libs/console/console.h"

namespace {

// Digits alone: strtol() would be a quarter of the image.
int ParseStatus(const char* text) {
  int status = 0;
  for (; *text >= '0' && *text <= '9' && status < 1000; ++text) {
    status = status * 10 + (*text - '0');
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  ashlar::console::Write("Hello from a unikernel.\n");
  return argc > 1 ? ParseStatus(argv[1]) : 0;
}
