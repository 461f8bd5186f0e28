// Ways out of the virt board: by semihosting, which tells QEMU a status; by PSCI, which tells
// nobody.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/arch/aarch64/cpu.h"
#include "libs/arch/aarch64/report_state.h"
#include "libs/base/result.h"
#include "libs/device_tree/device_tree.h"
#include "libs/device_tree/machine.h"
#include "libs/psci/psci.h"
#include "platforms/arm/loader.h"
#include "platforms/arm/semihosting.h"

namespace ashlar::virt {

/// Asks whom the device tree names. Returns if nobody does it.
inline void CallPower(psci::Function function) {
  const Result<device_tree::Tree> tree = arm::ReadDeviceTree();
  if (!tree) {
    return;
  }
  const Result<device_tree::PowerConduit> conduit = device_tree::FindPowerConduit(*tree);
  if (conduit == device_tree::PowerConduit::kHypervisorCall) {
    psci::CallHypervisor(function);
  } else if (conduit == device_tree::PowerConduit::kSecureMonitorCall) {
    psci::CallSecureMonitor(function);
  }
}

/// Tries semihosting, then `function`. The instructions fault where nobody listens, and the fault
/// comes back here: each is tried once.
[[noreturn]] inline void Leave(int status, psci::Function function) {
  enum class Tried : std::uint8_t { kNothing, kSemihosting, kAll };
  static constinit Tried tried = Tried::kNothing;
  aarch64::reports_are_over = true;
  if (tried == Tried::kNothing) {
    tried = Tried::kSemihosting;
    arm::ExitBySemihosting(status);
  }
  if (tried == Tried::kSemihosting) {
    tried = Tried::kAll;
    CallPower(function);
  }
  aarch64::HaltForever();
}

}  // namespace ashlar::virt
