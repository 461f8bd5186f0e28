// Waits until it is ended from outside, and shows that it ends as a program does. With an argument
// it is in exit() by then, having failed.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "libs/scheduler/scheduler.h"

namespace {

void Wait() {
  printf("waiting\n");
  // Nobody flushes this but exit().
  printf("said before: ");
}

}  // namespace

int main(int argc, char**) {
  atexit([] { fputs("farewell, ", stdout); });
  if (argc > 1) {
    atexit([] {
      Wait();
      sleep(5);
    });
    return 1;
  }
  Wait();
  while (true) {
    ashlar::scheduler::Block();
  }
}
