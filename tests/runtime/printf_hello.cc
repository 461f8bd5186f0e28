// The smallest program with stdio.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

int main() {
  printf("hello, %s\n", "world");
  return 0;
}
