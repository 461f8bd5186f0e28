// The text that a machine's loader passed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace ashlar::command_line {

/// Where the loader left it; empty if it passed none. Each machine's backend has one.
std::string_view LoaderText();

}  // namespace ashlar::command_line
