// Leaving a Xen domain.
// SPDX-License-Identifier: Apache-2.0
#include "libs/halt/halt.h"

#include "libs/xen/abi.h"
#include "libs/xen/hypercall.h"
#include "platforms/pc/leave.h"
#include "platforms/xen/domain.h"
#include "platforms/xen/restore.h"

namespace ashlar::halt {
namespace {

constinit xen::ShutdownReason success = xen::ShutdownReason::kPowerOff;

}  // namespace

void Exit(int status) {
  if (xen::IsInitialDomain()) {
    // The machine is this domain's: what our tools put there tells them the status.
    if (xen::IsPv()) {
      (void)xen::AllowPorts();
    }
    pc::LeaveByExitDevice(status);
  }
  // Of a status a toolstack learns no more than that: a domain that did what it should powers off.
  xen::Shutdown(status == 0 ? success : xen::ShutdownReason::kCrash);
  while (true) {
    (void)xen::Poll({}, 0);
  }
}

}  // namespace ashlar::halt

namespace ashlar::xen {

void EndBy(ShutdownReason reason) { halt::success = reason; }

}  // namespace ashlar::xen
