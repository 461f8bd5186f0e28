// The report of an exception: what it was, the registers, the calls; then the end.
//
// Runs on the exceptions' own stack (exceptions.S), so it works when the thread's has run out.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "libs/arch/x86_64/control_registers.h"
#include "libs/arch/x86_64/exception_frame.h"
#include "libs/arch/x86_64/page_table_entry.h"
#include "libs/base/backtrace.h"
#include "libs/base/check.h"
#include "libs/base/digits.h"
#include "libs/base/units.h"
#include "libs/console/console.h"
#include "libs/halt/halt.h"

namespace ashlar::x86_64 {
namespace {

// Set by the first report; what faults during it must not report again.
constinit bool reporting = false;

bool Mapped(std::uintptr_t address) {
  const auto root = AlignDown(ReadCr3(), kPageSize);
  return LookUp(*reinterpret_cast<const PageTable*>(root), address).present();
}

void WriteRegister(std::string_view name, std::uint64_t value) {
  console::Write(name);
  console::Write(Digits::Hexadecimal(value, 16).text());
}

void WriteRegisters(const ExceptionFrame& frame) {
  WriteRegister("  rip ", frame.rip);
  WriteRegister("  rsp ", frame.rsp);
  WriteRegister("  rbp ", frame.rbp);
  WriteRegister("\n  rax ", frame.rax);
  WriteRegister("  rbx ", frame.rbx);
  WriteRegister("  rcx ", frame.rcx);
  WriteRegister("\n  rdx ", frame.rdx);
  WriteRegister("  rsi ", frame.rsi);
  WriteRegister("  rdi ", frame.rdi);
  WriteRegister("\n  r8  ", frame.r8);
  WriteRegister("  r9  ", frame.r9);
  WriteRegister("  r10 ", frame.r10);
  WriteRegister("\n  r11 ", frame.r11);
  WriteRegister("  r12 ", frame.r12);
  WriteRegister("  r13 ", frame.r13);
  WriteRegister("\n  r14 ", frame.r14);
  WriteRegister("  r15 ", frame.r15);
  WriteRegister("  flags ", frame.rflags);
  console::Write("\n");
}

}  // namespace

extern "C" [[noreturn, gnu::cold]] void ashlar_exception(const ExceptionFrame& frame) {
  const std::uintptr_t address = ReadCr2();
  if (reporting) {
    halt::Exit(kPanicStatus);
  }
  reporting = true;
  console::Write("fault: ");
  if (frame.vector == kPageFaultVector) {
    console::Write(DescribePageFault({frame.error_code}, address, !Mapped(frame.rsp - 1)));
    WriteRegister(" at ", address);
  } else {
    console::Write(DescribeException(frame.vector));
    console::Write(", vector ");
    console::Write(Digits::Decimal(frame.vector).text());
    console::Write(", error code ");
    console::Write(Digits::Hexadecimal(frame.error_code).text());
  }
  console::Write("\n");
  WriteRegisters(frame);
  WriteBacktrace(Mapped(frame.rbp) && Mapped(frame.rbp + sizeof(Frame) - 1)
                     ? reinterpret_cast<const Frame*>(frame.rbp)
                     : nullptr,
                 frame.rip);
  halt::Exit(kPanicStatus);
}

}  // namespace ashlar::x86_64
