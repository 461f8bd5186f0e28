// Says whether its zeroed variables were zero when it started.
// SPDX-License-Identifier: Apache-2.0
#include "libs/console/console.h"

int main() {
  static volatile int boots;
  boots = boots + 1;
  ashlar::console::Write(boots == 1 ? "as new\n" : "something is left of the last boot\n");
  return 0;
}
