// A host program gets its arguments in main(); what reads parameters finds none.
// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "libs/command_line/words.h"

namespace ashlar::command_line {

std::span<char*> NameAndWords() {
  static char name[] = "host";
  static char* words[] = {name, nullptr};
  return std::span(words, 1);
}

}  // namespace ashlar::command_line
