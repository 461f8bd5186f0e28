// A program that draws random bytes as BSD's programs do: without a word about failure.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

int main() {
  unsigned char first[32];
  unsigned char second[32];
  arc4random_buf(first, sizeof(first));
  arc4random_buf(second, sizeof(second));
  return memcmp(first, second, sizeof(first)) != 0 ? 0 : 1;
}
