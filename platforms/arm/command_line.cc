// The text that the loader passed.
// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "libs/command_line/loader_text.h"
#include "libs/device_tree/machine.h"
#include "platforms/arm/machine_tree.h"

namespace ashlar::command_line {

std::string_view LoaderText() { return device_tree::CommandLine(arm::MachineTree()); }

}  // namespace ashlar::command_line
