// What exceptions.S leaves on the stack, and what the syndrome says.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ashlar::aarch64 {

/// The registers at the moment of an exception, as exceptions.S stores them.
struct ExceptionFrame {
  std::uint64_t x[31];
  std::uint64_t sp;
  std::uint64_t pc;
  std::uint64_t pstate;
  std::uint64_t syndrome;       ///< ESR_EL1; of synchronous exceptions and system errors
  std::uint64_t fault_address;  ///< FAR_EL1; of aborts
  std::uint64_t vector;         ///< 0..15, in the order of the vector table
  std::uint64_t padding;
};

static_assert(offsetof(ExceptionFrame, sp) == 31 * 8);
static_assert(sizeof(ExceptionFrame) == 38 * 8);

/// What an exception is, by its place in the vector table [ARM D1.3.1.5].
enum class ExceptionKind : std::uint8_t { kSynchronous, kInterrupt, kFastInterrupt, kSystemError };

constexpr ExceptionKind KindOf(std::uint64_t vector) {
  return static_cast<ExceptionKind>(vector % 4);
}

/// ESR_EL1 [ARM D17.2.37].
struct Syndrome {
  std::uint64_t value;

  /// The exception class, EC.
  constexpr unsigned exception_class() const { return value >> 26 & 0x3f; }
  constexpr bool instruction_abort() const { return exception_class() == 0x21; }
  constexpr bool data_abort() const { return exception_class() == 0x25; }
  /// Of a data abort.
  constexpr bool write() const { return (value >> 6 & 1) != 0; }
  /// Of an abort: FAR_EL1 does not tell where.
  constexpr bool address_unknown() const { return (value >> 10 & 1) != 0; }
  /// Of an abort: the fault status code without its level.
  constexpr unsigned fault_kind() const { return value >> 2 & 0xf; }

  static constexpr unsigned kAddressSize = 0;
  static constexpr unsigned kTranslation = 1;
  static constexpr unsigned kAccessFlag = 2;
  static constexpr unsigned kPermission = 3;
};

/// Whether an access to `address` may be one that moves the stack pointer: what a function begins
/// with. Such a store reaches 512 bytes down, and leaves the stack pointer as it was if it aborts
/// [ARM C6.2 "STP"].
constexpr bool IsPush(std::uintptr_t address, std::uintptr_t stack_pointer) {
  constexpr std::uintptr_t kReach = 512;
  return address < stack_pointer && stack_pointer - address <= kReach;
}

/// What went wrong at an abort, in the words of reports.
/// `stack_ended`: the page below the stack pointer is not mapped, or the access may be a push.
constexpr std::string_view DescribeAbort(Syndrome syndrome, std::uintptr_t address,
                                         bool stack_ended) {
  const bool fetch = syndrome.instruction_abort();
  switch (syndrome.fault_kind()) {
    case Syndrome::kTranslation:
      if (address < 0x1000) {
        return fetch ? "call of a null pointer" : "null dereference";
      }
      if (stack_ended) {
        return "stack overflow";
      }
      if (fetch) {
        return "execution of unmapped memory";
      }
      return syndrome.write() ? "write to unmapped memory" : "read of unmapped memory";
    case Syndrome::kPermission:
      return fetch ? "execution of data" : "write to read-only memory";
    case Syndrome::kAddressSize:
    case Syndrome::kAccessFlag:
      return "broken page table";
    default:
      // 0b100001: an access that its kind of memory wants aligned. The rest is what the memory or
      // the bus answered.
      return (syndrome.value & 0x3f) == 0x21 ? "misaligned access" : "no answer from memory";
  }
}

/// The name of a synchronous exception that is no abort, by its class [ARM D17.2.37].
constexpr std::string_view DescribeException(Syndrome syndrome) {
  switch (syndrome.exception_class()) {
    case 0x00:  // unknown: no such instruction, or none that is allowed here
    case 0x0e:  // illegal execution state
    case 0x18:  // a system register's, trapped
      return "invalid instruction";
    case 0x07:
      return "no floating-point unit";
    case 0x0d:
      return "jump to no branch target";
    case 0x15:
      return "supervisor call";
    case 0x16:
      return "hypervisor call";
    case 0x22:
      return "misaligned program counter";
    case 0x26:
      return "misaligned stack pointer";
    case 0x2c:
      return "floating-point error";
    case 0x31:
    case 0x33:
    case 0x35:
      return "debug exception";
    case 0x3c:
      return "breakpoint";
    default:
      return "unknown exception";
  }
}

}  // namespace ashlar::aarch64
