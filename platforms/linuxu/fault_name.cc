// x86-64: vector and page-fault error code [Intel-SDM-3 §4.7, §6.15] to words.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/linuxu/fault_name.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "libs/base/digits.h"
#include "libs/base/units.h"
#include "libs/console/console.h"
#include "libs/linux/abi.h"

namespace ashlar::linuxu {
namespace {

constexpr std::uint64_t kProtection =
    1 << 0;  // clear: nothing is mapped there, or nothing is allowed
constexpr std::uint64_t kWrite = 1 << 1;
constexpr std::uint64_t kFetch = 1 << 4;

// The kernel stores the registers one after another, in this order.
constexpr std::array<char[4], 18> kRegisterNames = {{"r8 ", "r9 ", "r10", "r11", "r12", "r13",
                                                     "r14", "r15", "rdi", "rsi", "rbp", "rbx",
                                                     "rdx", "rax", "rcx", "rsp", "rip", "flg"}};
static_assert(offsetof(linux::SignalContext, rflags) == 8 * (kRegisterNames.size() - 1));

// Pages that allow nothing look unmapped to the CPU, so a thread's guard page is known by the stack
// pointer beside it.
bool BelowStack(std::uint64_t address, std::uint64_t stack_pointer) {
  return address - stack_pointer + 2 * kPageSize < 3 * kPageSize;
}

std::string_view NamePageFault(const linux::SignalContext& registers,
                               std::uintptr_t boot_stack_guard) {
  const std::uint64_t address = registers.cr2;
  const std::uint64_t code = registers.error_code;
  if ((code & kFetch) != 0) {
    if ((code & kProtection) != 0) {
      return "execution of data";
    }
    return address < kPageSize ? "call of a null pointer" : "jump to unmapped memory";
  }
  if (address < kPageSize) {
    return (code & kWrite) != 0 ? "null dereference (write)" : "null dereference (read)";
  }
  if ((code & kProtection) != 0) {
    return "write to read-only memory";
  }
  if (AlignDown(address, kPageSize) == boot_stack_guard || BelowStack(address, registers.rsp)) {
    return "stack overflow";
  }
  return (code & kWrite) != 0 ? "write to unmapped memory" : "read of unmapped memory";
}

}  // namespace

std::string_view NameFault(const linux::SignalInfo& information,
                           const linux::SignalContext& registers, std::uintptr_t boot_stack_guard) {
  switch (information.signal) {
    case linux::kSigsegv:
      if (registers.trap_number == linux::kTrapPageFault) {
        return NamePageFault(registers, boot_stack_guard);
      }
      return "general protection (a non-canonical address, or a privileged instruction)";
    case linux::kSigill:
      return "invalid instruction";
    case linux::kSigfpe:
      return registers.trap_number == 0 ? "division by zero" : "floating-point exception";
    case linux::kSigtrap:
      return "breakpoint";
    default:
      return "bus error (the host has no memory for this page)";
  }
}

std::optional<std::uint64_t> FaultAddress(const linux::SignalInfo&,
                                          const linux::SignalContext& registers) {
  if (registers.trap_number != linux::kTrapPageFault) {
    return std::nullopt;
  }
  return registers.cr2;
}

void WriteRegisters(const linux::SignalContext& registers) {
  const auto* values = reinterpret_cast<const std::uint64_t*>(&registers);
  for (std::size_t i = 0; i < kRegisterNames.size(); ++i) {
    console::Write(i % 3 == 0 ? "\n  " : "  ");
    console::Write({kRegisterNames[i], 3});
    console::Write(" ");
    console::Write(Digits::Hexadecimal(values[i], 16).text());
  }
  console::Write("\n");
}

}  // namespace ashlar::linuxu
