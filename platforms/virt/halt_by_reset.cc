// The machine starts anew at the end, whatever the status: for machines that nobody looks after.
// SPDX-License-Identifier: Apache-2.0
#include "libs/halt/halt.h"
#include "libs/psci/psci.h"
#include "platforms/virt/leave.h"

namespace ashlar::halt {

void Exit(int status) { virt::Leave(status, psci::Function::kSystemReset); }

}  // namespace ashlar::halt
