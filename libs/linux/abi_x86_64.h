// Linux on x86-64: the numbers of system calls, the registers of a signal, the vDSO's names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libs/linux/signal_stack.h"

namespace ashlar::linux {

/// [linux arch/x86/entry/syscalls/syscall_64.tbl]
enum class Number : long {
  kRead = 0,
  kWrite = 1,
  kClose = 3,
  kLseek = 8,
  kMmap = 9,
  kMprotect = 10,
  kRtSigaction = 13,
  kIoctl = 16,
  kPread64 = 17,
  kPwrite64 = 18,
  kReadv = 19,
  kWritev = 20,
  kSocket = 41,
  kBind = 49,
  kSetsockopt = 54,
  kFcntl = 72,
  kFdatasync = 75,
  kSigaltstack = 131,
  kArchPrctl = 158,
  kClockGettime = 228,
  kExitGroup = 231,
  kOpenat = 257,
  kPpoll = 271,
  kGetrandom = 318,
};

// arch_prctl(2)
inline constexpr int kArchSetFs = 0x1002;

/// Bit of AT_HWCAP2: user mode may use RDFSBASE and its sisters [linux
/// arch/x86/include/uapi/asm/hwcap2.h].
inline constexpr std::uint64_t kHardwareCapability2Fsgsbase = 1 << 1;

inline constexpr std::string_view kVdsoClockGettime = "__vdso_clock_gettime";

/// The vector of a page fault [Intel-SDM-3 §6.15], as a signal's registers name it.
inline constexpr std::uint64_t kTrapPageFault = 14;

/// [linux arch/x86/include/uapi/asm/sigcontext.h, struct sigcontext_64]
struct SignalContext {
  std::uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
  std::uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags;
  std::uint16_t cs, gs, fs, ss;
  std::uint64_t error_code;   // as the CPU pushed it
  std::uint64_t trap_number;  // the exception's vector
  std::uint64_t old_mask;
  std::uint64_t cr2;

  std::uint64_t frame_pointer() const { return rbp; }
  std::uint64_t program_counter() const { return rip; }
};
static_assert(offsetof(SignalContext, rip) == 128 && offsetof(SignalContext, cr2) == 176);

struct UserContext {
  std::uint64_t flags;
  UserContext* link;
  SignalStack stack;
  SignalContext registers;
};
static_assert(offsetof(UserContext, registers) == 40);

}  // namespace ashlar::linux
