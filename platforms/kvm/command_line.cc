// The text that the virtual machine's loader passed.
// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "libs/command_line/loader_text.h"
#include "platforms/kvm/machine_information.h"

namespace ashlar::command_line {

std::string_view LoaderText() { return kvm::MachineInformation().command_line(); }

}  // namespace ashlar::command_line
