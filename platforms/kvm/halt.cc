// Leaving a virtual machine: by the exit device, by ACPI, by reset.
// SPDX-License-Identifier: Apache-2.0
#include "libs/halt/halt.h"

#include "platforms/pc/leave.h"
#include "platforms/pc/power_off.h"

namespace ashlar::halt {
namespace {

// Set once ACPI was tried: what goes wrong there comes back here.
constinit bool powering_off = false;

}  // namespace

void Exit(int status) {
  pc::LeaveByExitDevice(status);
  if (!powering_off) {
    powering_off = true;
    (void)pc::PowerOff();
  }
  pc::LeaveByReset();
}

}  // namespace ashlar::halt
