// Leaving a PC: power off when all went well, stop with the report on the screen when not.
// SPDX-License-Identifier: Apache-2.0
#include "libs/halt/halt.h"

#include "libs/arch/x86_64/cpu.h"
#include "libs/base/digits.h"
#include "libs/base/result.h"
#include "libs/console/console.h"
#include "platforms/bare_metal/leave_test_machine.h"
#include "platforms/pc/power_off.h"

namespace ashlar::halt {
namespace {

// How often the end was begun: what goes wrong on the way comes back here.
constinit int attempts = 0;

}  // namespace

void Exit(int status) {
  bare_metal::LeaveTestMachine(status);
  switch (attempts++) {
    case 0:
      if (status == 0) {
        (void)pc::PowerOff();
      }
      [[fallthrough]];
    case 1:
      // Whoever switched the machine on shall see why it stands still.
      attempts = 2;
      console::Write("the end, with status ");
      console::Write(
          Digits::Decimal(status < 0 ? kMaxStatus : static_cast<unsigned>(status)).text());
      console::Write("\n");
      break;
    default:
      break;
  }
  x86_64::HaltForever();
}

}  // namespace ashlar::halt
