// Leaving a Xen domain.
// SPDX-License-Identifier: Apache-2.0
#include "libs/halt/halt.h"

#include <cstdint>

#include "libs/arch/x86_64/port.h"
#include "libs/xen/abi.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/domain.h"

namespace ashlar::halt {
namespace {

// QEMU's isa-debug-exit at port 0xf4, where our tools put it: QEMU exits with twice the value
// written plus one. Returns if there is none.
void LeaveByExitDevice(int status) {
  constexpr std::uint16_t kPort = 0xf4;
  const auto value = static_cast<unsigned>(status < 0 || status > kMaxStatus ? kMaxStatus : status);
  // Inverted, so that success is 255 and a QEMU that failed by itself (1) is none of ours.
  x86_64::Out8(kPort, static_cast<std::uint8_t>(~value & 0x7f));
}

}  // namespace

void Exit(int status) {
  if (xen::IsInitialDomain()) {
    // The machine is this domain's: what our tools put there tells them the status.
    if (xen::IsPv()) {
      (void)xen::AllowPorts();
    }
    LeaveByExitDevice(status);
  }
  // Of a status a toolstack learns no more than that: a domain that did what it should powers off.
  xen::Shutdown(status == 0 ? xen::ShutdownReason::kPowerOff : xen::ShutdownReason::kCrash);
  while (true) {
    (void)xen::Poll({}, 0);
  }
}

}  // namespace ashlar::halt
