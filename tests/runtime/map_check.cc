// map_check MAP [+WORD | -WORD]...: whether a linker map names what it should and nothing it should
// not. Debugging sections don't count: they stay with a file of an archive whose code was left out,
// and are not in the image that boots.
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: map_check MAP [+WORD | -WORD]...\n", stderr);
    return 2;
  }
  std::ifstream file(argv[1]);
  std::string map;
  for (std::string line; std::getline(file, line);) {
    if (!line.contains(":(.debug_")) {
      map += line + '\n';
    }
  }
  if (map.empty()) {
    std::fprintf(stderr, "%s: cannot be read, or is empty\n", argv[1]);
    return 2;
  }
  int wrong = 0;
  for (int i = 2; i < argc; ++i) {
    const std::string_view word = argv[i];
    const bool expected = word.starts_with('+');
    if (map.contains(word.substr(1)) != expected) {
      std::fprintf(stderr, "%s %s in the image\n", argv[i] + 1, expected ? "is not" : "is");
      ++wrong;
    }
  }
  return wrong == 0 ? 0 : 1;
}
