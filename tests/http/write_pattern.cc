// Writes the test site's large file.
// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "tests/http/pattern.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  std::ofstream file(argv[1], std::ios::binary);
  file << ashlar::http_test::Pattern();
  file.close();
  return file ? 0 : 1;
}
