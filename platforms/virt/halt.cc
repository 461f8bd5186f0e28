// The machine is switched off at the end.
// SPDX-License-Identifier: Apache-2.0
#include "libs/halt/halt.h"

#include "libs/psci/psci.h"
#include "platforms/virt/leave.h"

namespace ashlar::halt {

void Exit(int status) { virt::Leave(status, psci::Function::kSystemOff); }

}  // namespace ashlar::halt
