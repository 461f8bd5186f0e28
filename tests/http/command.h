// Running a client program to its end, and reading what it wrote.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace ashlar::http_test {

struct CommandResult {
  int status = -1;     ///< exit status; -1 if it did not end by itself
  std::string output;  ///< standard output and error
};

/// Runs the program with its arguments and waits for its end.
CommandResult RunCommand(const std::vector<std::string>& words);

/// The file's bytes; none if it cannot be read.
std::string ReadFile(const std::string& name);

}  // namespace ashlar::http_test
