// The interface over whatever words the backend has.
// SPDX-License-Identifier: Apache-2.0
#include "libs/command_line/command_line.h"

#include "libs/command_line/words.h"

namespace ashlar::command_line {

std::span<char* const> Words() { return NameAndWords().subspan(1); }

std::optional<std::string_view> Parameter(std::string_view name) {
  return FindParameter(Words(), name);
}

std::span<char*> Arguments() {
  const std::span<char*> all = NameAndWords();
  const std::size_t first = FirstArgument(all.subspan(1));
  if (first == 0) {
    return all;
  }
  // The name and the words behind "--"; Words() and Parameter() go on seeing them all.
  static char* arguments[kMaxWords + 2];
  const std::span<char*> given = all.subspan(1 + first);
  arguments[0] = all[0];
  // Up to the null pointer behind the last one. Counting would become a call of memmove, a fifth of
  // a small image.
  char* const* from = given.data();
  for (char** to = arguments + 1; (*to = *from) != nullptr; ++to) {
    ++from;
  }
  return std::span(arguments, 1 + given.size());
}

}  // namespace ashlar::command_line
