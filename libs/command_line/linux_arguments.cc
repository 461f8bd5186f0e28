// Words that the kernel put on the process's stack: they are split already.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <span>

#include "libs/command_line/command_line.h"
#include "libs/command_line/words.h"
#include "libs/console/console.h"
#include "libs/halt/halt.h"
#include "libs/linux/process.h"

namespace ashlar::command_line {

std::span<char*> NameAndWords() {
  const std::span<char*> all = linux::process::Arguments();
  if (all.size() > 1 + std::size_t{kMaxWords}) {
    // The user's mistake, not a panic of ours, and a backtrace would not help.
    console::Write("the command line has more than 64 words: shorten it\n");
    halt::Exit(halt::kMaxStatus);
  }
  return all;
}

}  // namespace ashlar::command_line
