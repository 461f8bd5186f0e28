// Leaving a PC by starting it anew, whatever the status: for machines that nobody looks after.
// SPDX-License-Identifier: Apache-2.0
#include "libs/halt/halt.h"
#include "platforms/bare_metal/leave_test_machine.h"
#include "platforms/pc/reboot.h"

namespace ashlar::halt {
namespace {

// Set once ACPI was tried: what goes wrong there comes back here.
constinit bool rebooting = false;

}  // namespace

void Exit(int status) {
  bare_metal::LeaveTestMachine(status);
  if (!rebooting) {
    rebooting = true;
    (void)pc::RebootByAcpi();
  }
  pc::LeaveByReset();
}

}  // namespace ashlar::halt
