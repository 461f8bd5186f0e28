// Words that the kernel put on the process's stack: they are split already.
// SPDX-License-Identifier: Apache-2.0
#include <span>

#include "libs/command_line/words.h"
#include "libs/linux/process.h"

namespace ashlar::command_line {

std::span<char*> NameAndWords() { return linux::process::Arguments(); }

}  // namespace ashlar::command_line
