// A program whose output sits in a stream's buffer when main() returns.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

int main() {
  static char buffer[256];
  setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
  fputs("flushed by exit()\n", stdout);
  return 0;
}
