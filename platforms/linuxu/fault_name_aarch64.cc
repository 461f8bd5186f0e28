// AArch64: the exception's syndrome [ARM, ESR_EL1] to words.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "libs/base/digits.h"
#include "libs/base/units.h"
#include "libs/console/console.h"
#include "libs/linux/abi.h"
#include "platforms/linuxu/fault_name.h"

namespace ashlar::linuxu {
namespace {

// What was tried, and what stood against it.
struct Abort {
  enum class Access : std::uint8_t { kUnknown, kRead, kWrite, kFetch };

  Access access = Access::kUnknown;
  bool permission = false;  // something is mapped there, and does not allow it
};

// Out of ESR_EL1, why the CPU took the exception: its class, whether it was a write (or a cache's
// maintenance), and the fault, of which the lowest two bits are the level.
constexpr Abort Decode(std::uint64_t syndrome) {
  const bool fetch = (syndrome >> 26 & 0x3f) == 0x20;
  const bool write = (syndrome >> 6 & 1) != 0;
  return {.access = fetch   ? Abort::Access::kFetch
                    : write ? Abort::Access::kWrite
                            : Abort::Access::kRead,
          .permission = (syndrome & 0x3c) == 0x0c};
}
static_assert(Decode(0x9200004f).permission && Decode(0x9200004f).access == Abort::Access::kWrite);
static_assert(!Decode(0x82000006).permission && Decode(0x82000006).access == Abort::Access::kFetch);

// By the syndrome among the records behind the registers. QEMU, in the kernel's place, writes none:
// then by what the signal says. The records lie on the program's stack, so they are read with care.
Abort FindAbort(const linux::SignalInfo& information, const linux::SignalContext& registers) {
  std::size_t offset = 0;
  while (offset + sizeof(linux::EsrRecord) <= sizeof(registers.records)) {
    linux::EsrRecord record;
    std::memcpy(&record, registers.records + offset, sizeof(record));
    if (record.head.magic == linux::kEsrMagic) {
      return Decode(record.esr);
    }
    if (record.head.magic == 0 || record.head.size == 0 ||
        record.head.size > sizeof(registers.records)) {
      break;
    }
    offset += record.head.size;
  }
  const bool permission = information.code == linux::kSegmentAccess;
  if (registers.fault_address == registers.pc) {
    return {.access = Abort::Access::kFetch, .permission = permission};
  }
  // An image's pages can all be read, but for guards.
  return {.access = permission ? Abort::Access::kWrite : Abort::Access::kUnknown,
          .permission = permission};
}

// A thread's guard page is known by the stack pointer beside it.
bool BelowStack(std::uint64_t address, std::uint64_t stack_pointer) {
  return address - stack_pointer + 2 * kPageSize < 3 * kPageSize;
}

std::string_view NameNull(Abort::Access access) {
  switch (access) {
    case Abort::Access::kFetch:
      return "call of a null pointer";
    case Abort::Access::kRead:
      return "null dereference (read)";
    case Abort::Access::kWrite:
      return "null dereference (write)";
    default:
      return "null dereference";
  }
}

std::string_view NameUnmapped(Abort::Access access) {
  switch (access) {
    case Abort::Access::kFetch:
      return "jump to unmapped memory";
    case Abort::Access::kRead:
      return "read of unmapped memory";
    case Abort::Access::kWrite:
      return "write to unmapped memory";
    default:
      return "access to unmapped memory";
  }
}

std::string_view NameAbort(const linux::SignalInfo& information,
                           const linux::SignalContext& registers, std::uintptr_t boot_stack_guard) {
  const std::uint64_t address = registers.fault_address;
  const Abort abort = FindAbort(information, registers);
  if (address < kPageSize) {
    return NameNull(abort.access);
  }
  if (abort.access == Abort::Access::kFetch && abort.permission) {
    return "execution of data";
  }
  if (AlignDown(address, kPageSize) == boot_stack_guard || BelowStack(address, registers.sp)) {
    return "stack overflow";
  }
  if (abort.access == Abort::Access::kWrite && abort.permission) {
    return "write to read-only memory";
  }
  return NameUnmapped(abort.access);
}

void WriteRegister(std::string_view before, std::string_view name, std::uint64_t value) {
  console::Write(before);
  console::Write(name);
  console::Write(name.size() < 3 ? "  " : " ");
  console::Write(Digits::Hexadecimal(value, 16).text());
}

}  // namespace

std::string_view NameFault(const linux::SignalInfo& information,
                           const linux::SignalContext& registers, std::uintptr_t boot_stack_guard) {
  switch (information.signal) {
    case linux::kSigsegv:
      return NameAbort(information, registers, boot_stack_guard);
    case linux::kSigill:
      return "invalid instruction";
    case linux::kSigfpe:
      return "floating-point exception";
    case linux::kSigtrap:
      return "breakpoint";
    default:
      return "bus error (a misaligned access, or the host has no memory for this page)";
  }
}

std::optional<std::uint64_t> FaultAddress(const linux::SignalInfo& information,
                                          const linux::SignalContext& registers) {
  if (information.signal != linux::kSigsegv && information.signal != linux::kSigbus) {
    return std::nullopt;
  }
  return registers.fault_address;
}

void WriteRegisters(const linux::SignalContext& registers) {
  for (std::size_t i = 0; i < 31; ++i) {
    char name[3] = {'x', static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
    WriteRegister(i % 3 == 0 ? "\n  " : "  ", std::string_view(name, 3), registers.x[i]);
  }
  WriteRegister("  ", "sp", registers.sp);
  WriteRegister("  ", "pc", registers.pc);
  WriteRegister("\n  ", "psr", registers.pstate);
  console::Write("\n");
}

}  // namespace ashlar::linuxu
