// One Linux system call: the instruction, and the numbers of the calls that Ashlar makes.
//
// Everything else about Linux is in linux.h; this part depends on nothing, so that the console and
// the halt backends may use it below //libs/base.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>

#ifdef linux
#error "the dialect is -std=c++23: GNU dialects make `linux` a macro"
#endif

namespace ashlar::linux {

/// The calls of x86-64 [linux arch/x86/entry/syscalls/syscall_64.tbl].
enum class Number : long {
  kRead = 0,
  kWrite = 1,
  kClose = 3,
  kMmap = 9,
  kMprotect = 10,
  kRtSigaction = 13,
  kIoctl = 16,
  kReadv = 19,
  kWritev = 20,
  kSocket = 41,
  kBind = 49,
  kSetsockopt = 54,
  kFcntl = 72,
  kSigaltstack = 131,
  kArchPrctl = 158,
  kClockGettime = 228,
  kExitGroup = 231,
  kOpenat = 257,
  kPpoll = 271,
  kGetrandom = 318,
};

namespace internal {

template <typename T>
[[gnu::always_inline]] inline long ToRegister(T value) {
  if constexpr (std::is_null_pointer_v<T>) {
    return 0;
  } else if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<long>(value);
  } else {
    static_assert(std::is_integral_v<T> || std::is_enum_v<T>);
    return static_cast<long>(value);
  }
}

}  // namespace internal

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
