// Prints a line; its exit status is what `bazel run` exits with.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "libs/console/console.h"

int main(int argc, char** argv) {
  ashlar::console::Write("Hello from a unikernel.\n");
  return argc > 1 ? std::atoi(argv[1]) : 0;
}
