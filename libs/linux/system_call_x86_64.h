// One Linux system call on x86-64: the instruction.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/linux/abi_x86_64.h"
#include "libs/linux/to_register.h"

namespace ashlar::linux {

/// Makes the call. Returns what the kernel does: a value, or -errno, from -4095 to -1.
/// Clobbers nothing but memory [amd64-abi §A.2.1].
template <typename... Arguments>
  requires(sizeof...(Arguments) <= 6)
[[gnu::always_inline]] inline long SystemCall(Number number, Arguments... arguments) {
  const long values[] = {internal::ToRegister(arguments)..., 0};
  long result;
  if constexpr (sizeof...(Arguments) == 0) {
    asm volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
  } else if constexpr (sizeof...(Arguments) == 1) {
    asm volatile("syscall" : "=a"(result) : "a"(number), "D"(values[0]) : "rcx", "r11", "memory");
  } else if constexpr (sizeof...(Arguments) == 2) {
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(values[0]), "S"(values[1])
                 : "rcx", "r11", "memory");
  } else if constexpr (sizeof...(Arguments) == 3) {
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(values[0]), "S"(values[1]), "d"(values[2])
                 : "rcx", "r11", "memory");
  } else if constexpr (sizeof...(Arguments) == 4) {
    register long r10 asm("r10") = values[3];
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(values[0]), "S"(values[1]), "d"(values[2]), "r"(r10)
                 : "rcx", "r11", "memory");
  } else if constexpr (sizeof...(Arguments) == 5) {
    register long r10 asm("r10") = values[3];
    register long r8 asm("r8") = values[4];
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(values[0]), "S"(values[1]), "d"(values[2]), "r"(r10), "r"(r8)
                 : "rcx", "r11", "memory");
  } else {
    register long r10 asm("r10") = values[3];
    register long r8 asm("r8") = values[4];
    register long r9 asm("r9") = values[5];
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(values[0]), "S"(values[1]), "d"(values[2]), "r"(r10), "r"(r8),
                   "r"(r9)
                 : "rcx", "r11", "memory");
  }
  return result;
}

}  // namespace ashlar::linux
