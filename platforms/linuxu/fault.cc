// The handler of fatal signals: names the fault, writes registers and calls, and ends the image.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/linuxu/fault.h"

#include <array>
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

// Enough for the reporter beneath the largest signal frame (AVX-512 and AMX state: some 11 KiB).
alignas(16) constinit std::byte signal_stack[24 * kKiB] = {};

constinit bool reporting = false;

// The kernel stores the registers one after another, in this order.
constexpr std::array<char[4], 18> kRegisterNames = {{"r8 ", "r9 ", "r10", "r11", "r12", "r13",
                                                     "r14", "r15", "rdi", "rsi", "rbp", "rbx",
                                                     "rdx", "rax", "rcx", "rsp", "rip", "flg"}};
static_assert(offsetof(linux::SignalContext, rflags) == 8 * (kRegisterNames.size() - 1));

void WriteRegisters(const linux::SignalContext& context) {
  const auto* values = reinterpret_cast<const std::uint64_t*>(&context);
  for (std::size_t i = 0; i < kRegisterNames.size(); ++i) {
    console::Write(i % 3 == 0 ? "\n  " : "  ");
    console::Write({kRegisterNames[i], 3});
    console::Write(" ");
    console::Write(Digits::Hexadecimal(values[i], 16).text());
  }
  console::Write("\n");
}

void Report(int signal, linux::SignalInfo*, linux::UserContext* context) {
  if (reporting) {
    console::Write("\nanother fault while reporting it\n");
    halt::Exit(kPanicStatus);
  }
  reporting = true;
  const linux::SignalContext& registers = context->registers;
  console::Write("fault: ");
  console::Write(NameFault(signal, registers,
                           reinterpret_cast<std::uintptr_t>(__boot_stack_bottom) - kPageSize));
  if (registers.trap_number == kPageFault) {
    console::Write(" at ");
    console::Write(Digits::Hexadecimal(registers.cr2).text());
  }
  WriteRegisters(registers);
  WriteBacktrace(reinterpret_cast<const Frame*>(registers.rbp), registers.rip);
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
