// The way a status leaves a QEMU that tests an image.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/arch/x86_64/cpuid.h"
#include "platforms/pc/leave.h"

namespace ashlar::bare_metal {

/// Returns on a real PC, whose ports are nobody's to try, and in a virtual machine without the
/// device.
inline void LeaveTestMachine(int status) {
  if (x86_64::InVirtualMachine()) {
    pc::LeaveByExitDevice(status);
  }
}

}  // namespace ashlar::bare_metal
