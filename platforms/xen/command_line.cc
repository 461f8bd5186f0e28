// The text that Xen or its toolstack passed.
// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "libs/command_line/loader_text.h"
#include "platforms/xen/start.h"

namespace ashlar::command_line {

std::string_view LoaderText() { return xen::CommandLine(); }

}  // namespace ashlar::command_line
