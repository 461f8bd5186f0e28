// The report of an exception: what it was, the registers, the calls; then the end.
//
// Runs on the exceptions' own stack (exceptions.S), so it works when the thread's has run out.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libs/arch/x86_64/control_registers.h"
#include "libs/arch/x86_64/exception_frame.h"
#include "libs/arch/x86_64/is_mapped.h"
#include "libs/base/backtrace.h"
#include "libs/base/check.h"
#include "libs/base/digits.h"
#include "libs/console/console.h"
#include "libs/halt/halt.h"

namespace ashlar::x86_64 {
namespace {

// Set by the first report; what faults during it must not report again.
constinit bool reporting = false;

[[gnu::noinline]] void WriteRegister(std::string_view name, std::uint64_t value) {
  console::Write(name);
  console::Write(Digits::Hexadecimal(value, 16).text());
}

void WriteRegisters(const ExceptionFrame& frame) {
  struct Register {
    char name[5];  // no pointer: that would need eight bytes more
    std::uint8_t offset;
  };
  static constexpr Register kRegisters[] = {
      {"rip ", offsetof(ExceptionFrame, rip)},    {"rsp ", offsetof(ExceptionFrame, rsp)},
      {"flg ", offsetof(ExceptionFrame, rflags)}, {"rax ", offsetof(ExceptionFrame, rax)},
      {"rbx ", offsetof(ExceptionFrame, rbx)},    {"rcx ", offsetof(ExceptionFrame, rcx)},
      {"rdx ", offsetof(ExceptionFrame, rdx)},    {"rsi ", offsetof(ExceptionFrame, rsi)},
      {"rdi ", offsetof(ExceptionFrame, rdi)},    {"rbp ", offsetof(ExceptionFrame, rbp)},
      {"r8  ", offsetof(ExceptionFrame, r8)},     {"r9  ", offsetof(ExceptionFrame, r9)},
      {"r10 ", offsetof(ExceptionFrame, r10)},    {"r11 ", offsetof(ExceptionFrame, r11)},
      {"r12 ", offsetof(ExceptionFrame, r12)},    {"r13 ", offsetof(ExceptionFrame, r13)},
      {"r14 ", offsetof(ExceptionFrame, r14)},    {"r15 ", offsetof(ExceptionFrame, r15)},
  };
  int column = 0;
  for (const Register& entry : kRegisters) {
    std::uint64_t value;
    __builtin_memcpy(&value, reinterpret_cast<const std::byte*>(&frame) + entry.offset,
                     sizeof value);
    console::Write("  ");
    WriteRegister({entry.name, 4}, value);
    if (++column % 3 == 0) {
      console::Write("\n");
    }
  }
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
    console::Write(DescribePageFault({frame.error_code}, address, !IsMapped(frame.rsp - 1)));
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
  WriteBacktrace(IsMapped(frame.rbp) && IsMapped(frame.rbp + sizeof(Frame) - 1)
                     ? reinterpret_cast<const Frame*>(frame.rbp)
                     : nullptr,
                 frame.rip);
  halt::Exit(kPanicStatus);
}

}  // namespace ashlar::x86_64
