// Writes a test site's large file: write_pattern FILE [SIZE]
// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <string>

#include "tests/http/pattern.h"

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    return 2;
  }
  std::ofstream file(argv[1], std::ios::binary);
  file << ashlar::http_test::Pattern(argc == 3 ? std::stoul(argv[2])
                                               : ashlar::http_test::kLargeFileSize);
  file.close();
  return file ? 0 : 1;
}
