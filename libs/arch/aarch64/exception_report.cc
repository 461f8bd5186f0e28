// The report of an exception: what it was, the registers, the calls; then the end.
//
// Runs on the exceptions' own stack (exceptions.S), so it works when the thread's has run out.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libs/arch/aarch64/exception_frame.h"
#include "libs/arch/aarch64/page_table_entry.h"
#include "libs/arch/aarch64/report_state.h"
#include "libs/arch/aarch64/translation.h"
#include "libs/base/backtrace.h"
#include "libs/base/check.h"
#include "libs/base/digits.h"
#include "libs/console/console.h"
#include "libs/halt/halt.h"

namespace ashlar::aarch64 {
namespace {

bool IsMapped(std::uintptr_t address) {
  constexpr unsigned kAddressBits = 48;
  const auto* root = reinterpret_cast<const PageTable*>(ReadTranslationTable());
  return address >> kAddressBits == 0 && LookUp(*root, address).entry.present();
}

[[gnu::noinline]] void WriteRegister(std::string_view name, std::uint64_t value) {
  console::Write(name);
  console::Write(Digits::Hexadecimal(value, 16).text());
}

void WriteRegisters(const ExceptionFrame& frame) {
  constexpr std::size_t kRegisters = 31;
  WriteRegister("  pc  ", frame.pc);
  WriteRegister("  sp  ", frame.sp);
  WriteRegister("  psr ", frame.pstate);
  console::Write("\n");
  for (std::size_t i = 0; i < kRegisters; ++i) {
    const char name[] = {' ',
                         ' ',
                         'x',
                         static_cast<char>(i < 10 ? '0' + i : '0' + i / 10),
                         i < 10 ? ' ' : static_cast<char>('0' + i % 10),
                         ' '};
    WriteRegister({name, sizeof name}, frame.x[i]);
    if (i % 3 == 2 || i == kRegisters - 1) {
      console::Write("\n");
    }
  }
}

void WriteCause(const ExceptionFrame& frame) {
  const Syndrome syndrome{frame.syndrome};
  switch (KindOf(frame.vector)) {
    case ExceptionKind::kSynchronous:
      break;
    case ExceptionKind::kInterrupt:
    case ExceptionKind::kFastInterrupt:
      console::Write("interrupt that nobody asked for");
      return;
    case ExceptionKind::kSystemError:
      console::Write("system error, syndrome ");
      console::Write(Digits::Hexadecimal(frame.syndrome).text());
      return;
  }
  if (syndrome.instruction_abort() || syndrome.data_abort()) {
    const bool stack_ended = IsPush(frame.fault_address, frame.sp) || !IsMapped(frame.sp - 1);
    console::Write(DescribeAbort(syndrome, frame.fault_address, stack_ended));
    if (!syndrome.address_unknown()) {
      WriteRegister(" at ", frame.fault_address);
    }
    return;
  }
  console::Write(DescribeException(syndrome));
  console::Write(", syndrome ");
  console::Write(Digits::Hexadecimal(frame.syndrome).text());
}

}  // namespace

extern "C" [[noreturn, gnu::cold]] void ashlar_exception(const ExceptionFrame& frame) {
  if (reports_are_over) {
    halt::Exit(kPanicStatus);
  }
  reports_are_over = true;
  console::Write("fault: ");
  WriteCause(frame);
  console::Write("\n");
  WriteRegisters(frame);
  const std::uintptr_t chain = frame.x[29];
  const bool readable =
      chain % alignof(Frame) == 0 && IsMapped(chain) && IsMapped(chain + sizeof(Frame) - 1);
  WriteBacktrace(readable ? reinterpret_cast<const Frame*>(chain) : nullptr, frame.pc);
  halt::Exit(kPanicStatus);
}

}  // namespace ashlar::aarch64
