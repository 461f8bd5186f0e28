// The handler of fatal signals: names the fault, writes registers and calls, and ends the image.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/linuxu/fault.h"

#include <cstddef>
#include <cstdint>

#include "libs/base/backtrace.h"
#include "libs/base/check.h"
#include "libs/base/digits.h"
#include "libs/base/units.h"
#include "libs/console/console.h"
#include "libs/halt/halt.h"
#include "libs/linux/linux.h"
#include "platforms/linuxu/fault_name.h"

extern "C" std::byte __boot_stack_bottom[];

namespace ashlar::linuxu {
namespace {

// Enough for the reporter beneath the largest signal frame (x86-64's AVX-512 and AMX state: some 11
// KiB).
alignas(16) constinit std::byte signal_stack[24 * kKiB] = {};

constinit bool reporting = false;

void Report(int, linux::SignalInfo* information, linux::UserContext* context) {
  if (reporting) {
    console::Write("\nanother fault while reporting it\n");
    halt::Exit(kPanicStatus);
  }
  reporting = true;
  const linux::SignalContext& registers = context->registers;
  console::Write("fault: ");
  console::Write(NameFault(*information, registers,
                           reinterpret_cast<std::uintptr_t>(__boot_stack_bottom) - kPageSize));
  if (const auto address = FaultAddress(*information, registers); address.has_value()) {
    console::Write(" at ");
    console::Write(Digits::Hexadecimal(*address).text());
  }
  WriteRegisters(registers);
  WriteBacktrace(reinterpret_cast<const Frame*>(registers.frame_pointer()),
                 registers.program_counter());
  halt::Exit(kPanicStatus);
}

// The kernel wants one to be given; Report never returns to it.
void Restorer() { __builtin_trap(); }

}  // namespace

void CatchFaults() {
  // None of these calls can fail with these arguments; if one did, a fault would still end the
  // process.
  (void)linux::SetSignalStack({.base = signal_stack, .flags = 0, .size = sizeof(signal_stack)});
  const linux::SignalAction action = {
      .handler = Report,
      // A fault inside the report comes here again, instead of a silent end.
      .flags = linux::kSaSiginfo | linux::kSaOnstack | linux::kSaNodefer | linux::kSaRestorer,
      .restorer = Restorer,
      .mask = 0,
  };
  for (const int signal :
       {linux::kSigsegv, linux::kSigbus, linux::kSigill, linux::kSigfpe, linux::kSigtrap}) {
    (void)linux::SetSignalAction(signal, action);
  }
}

}  // namespace ashlar::linuxu
