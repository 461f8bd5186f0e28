// One Linux system call on AArch64: the instruction.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/linux/abi_aarch64.h"
#include "libs/linux/to_register.h"

namespace ashlar::linux {

/// Makes the call. Returns what the kernel does: a value, or -errno, from -4095 to -1.
/// Clobbers nothing but memory [linux arch/arm64/kernel/entry.S].
template <typename... Arguments>
  requires(sizeof...(Arguments) <= 6)
[[gnu::always_inline]] inline long SystemCall(Number number, Arguments... arguments) {
  const long values[] = {internal::ToRegister(arguments)..., 0};
  register long x8 asm("x8") = static_cast<long>(number);
  register long x0 asm("x0") = values[0];
  if constexpr (sizeof...(Arguments) <= 1) {
    asm volatile("svc #0" : "+r"(x0) : "r"(x8) : "memory");
  } else if constexpr (sizeof...(Arguments) == 2) {
    register long x1 asm("x1") = values[1];
    asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1) : "memory");
  } else if constexpr (sizeof...(Arguments) == 3) {
    register long x1 asm("x1") = values[1];
    register long x2 asm("x2") = values[2];
    asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  } else if constexpr (sizeof...(Arguments) == 4) {
    register long x1 asm("x1") = values[1];
    register long x2 asm("x2") = values[2];
    register long x3 asm("x3") = values[3];
    asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  } else {
    register long x1 asm("x1") = values[1];
    register long x2 asm("x2") = values[2];
    register long x3 asm("x3") = values[3];
    register long x4 asm("x4") = values[4];
    register long x5 asm("x5") = values[5];
    asm volatile("svc #0"
                 : "+r"(x0)
                 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                 : "memory");
  }
  return x0;
}

}  // namespace ashlar::linux
