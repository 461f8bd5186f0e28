// Leaving: by semihosting, which tells an emulator a status; by a reset that switches the board
// off.
// SPDX-License-Identifier: Apache-2.0
#include "libs/halt/halt.h"

#include <cstddef>
#include <cstdint>

#include "libs/arch/aarch64/cpu.h"
#include "libs/arch/aarch64/report_state.h"
#include "libs/base/units.h"
#include "libs/bcm2835/power_management.h"
#include "libs/console/pl011.h"
#include "libs/identity_map/identity_map.h"
#include "libs/io/mmio_bus.h"
#include "platforms/arm/semihosting.h"
#include "platforms/raspi/peripherals.h"

namespace ashlar::halt {
namespace {

// Semihosting faults where nobody listens, and the fault comes back here.
constinit bool tried_semihosting = false;

}  // namespace

void Exit(int status) {
  aarch64::reports_are_over = true;
  if (!tried_semihosting) {
    tried_semihosting = true;
    arm::ExitBySemihosting(status);
  }
  if (volatile std::byte* const registers =
          identity_map::DeviceRegisters(raspi::kSerialLine, kPageSize)) {
    console::Pl011(io::MmioBus(registers)).Drain();
  }
  if (volatile std::byte* const registers =
          identity_map::DeviceRegisters(raspi::kPowerManagement, kPageSize)) {
    bcm2835::SwitchOff(io::MmioBus(registers));
  }
  aarch64::HaltForever();
}

}  // namespace ashlar::halt
