// What exceptions.S leaves on the stack, and what a page fault's error code says.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ashlar::x86_64 {

/// The registers at the moment of an exception, in the order in which exceptions.S and the CPU
/// pushed them.
struct ExceptionFrame {
  std::uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
  std::uint64_t vector;
  std::uint64_t error_code;  ///< zero for vectors that have none
  std::uint64_t rip, cs, rflags, rsp, ss;
};

static_assert(offsetof(ExceptionFrame, vector) == 15 * 8);
static_assert(sizeof(ExceptionFrame) == 22 * 8);

inline constexpr std::uint64_t kPageFaultVector = 14;

/// A page fault's error code [SDM 3 §4.7].
struct PageFaultCode {
  std::uint64_t value;

  constexpr bool page_present() const { return (value & 1) != 0; }
  constexpr bool write() const { return (value & 2) != 0; }
  constexpr bool reserved_bit() const { return (value & 8) != 0; }
  constexpr bool instruction_fetch() const { return (value & 16) != 0; }
};

/// What went wrong at a page fault, in the words of reports.
/// `stack_unmapped`: the page that the stack pointer points into is not mapped.
constexpr std::string_view DescribePageFault(PageFaultCode code, std::uintptr_t address,
                                             bool stack_unmapped) {
  if (code.reserved_bit()) {
    return "broken page table";
  }
  if (address < 0x1000) {
    return code.instruction_fetch() ? "call of a null pointer" : "null dereference";
  }
  if (stack_unmapped && !code.page_present()) {
    return "stack overflow";
  }
  if (code.instruction_fetch()) {
    return code.page_present() ? "execution of data" : "execution of unmapped memory";
  }
  if (code.page_present()) {
    return "write to read-only memory";
  }
  return code.write() ? "write to unmapped memory" : "read of unmapped memory";
}

/// The exception's name [SDM 3 table 6-1]; empty for reserved vectors.
constexpr std::string_view DescribeException(std::uint64_t vector) {
  switch (vector) {
    case 0:
      return "division by zero";
    case 1:
      return "debug exception";
    case 2:
      return "non-maskable interrupt";
    case 3:
      return "breakpoint";
    case 4:
      return "overflow";
    case 5:
      return "bound range exceeded";
    case 6:
      return "invalid instruction";
    case 7:
      return "no floating-point unit";
    case 8:
      return "double fault";
    case 10:
      return "invalid task state";
    case 11:
      return "segment not present";
    case 12:
      return "stack segment fault";
    case 13:
      return "general protection fault";
    case 14:
      return "page fault";
    case 16:
      return "floating-point error";
    case 17:
      return "misaligned access";
    case 18:
      return "machine check";
    case 19:
      return "vector floating-point error";
    default:
      return "unknown exception";
  }
}

}  // namespace ashlar::x86_64
