// Waits until it is ended from outside, and shows that it ends as a program does.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>

#include "libs/scheduler/scheduler.h"

int main() {
  atexit([] { fputs("farewell, ", stdout); });
  printf("waiting\n");
  // Nobody flushes this but exit().
  printf("said before: ");
  while (true) {
    ashlar::scheduler::Block();
  }
}
