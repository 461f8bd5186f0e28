// Linux on AArch64: the numbers of system calls, the registers of a signal, the vDSO's names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libs/linux/signal_stack.h"

namespace ashlar::linux {

/// [linux include/uapi/asm-generic/unistd.h]
enum class Number : long {
  kFcntl = 25,
  kIoctl = 29,
  kOpenat = 56,
  kClose = 57,
  kLseek = 62,
  kRead = 63,
  kWrite = 64,
  kReadv = 65,
  kWritev = 66,
  kPread64 = 67,
  kPwrite64 = 68,
  kPpoll = 73,
  kFdatasync = 83,
  kExitGroup = 94,
  kClockGettime = 113,
  kSigaltstack = 132,
  kRtSigaction = 134,
  kSocket = 198,
  kBind = 200,
  kSetsockopt = 208,
  kMmap = 222,
  kMprotect = 226,
  kGetrandom = 278,
};

inline constexpr std::string_view kVdsoClockGettime = "__kernel_clock_gettime";

/// Heads each of the records behind a signal's registers; a magic number of zero ends them.
/// [linux arch/arm64/include/uapi/asm/sigcontext.h, struct _aarch64_ctx]
struct ContextRecord {
  std::uint32_t magic;
  std::uint32_t size;  // with this header
};
inline constexpr std::uint32_t kEsrMagic = 0x45535201;

/// The record of why the CPU took an exception: the syndrome register [struct esr_context].
struct EsrRecord {
  ContextRecord head;
  std::uint64_t esr;
};

/// [struct sigcontext]
struct SignalContext {
  std::uint64_t fault_address;
  std::uint64_t x[31];
  std::uint64_t sp;
  std::uint64_t pc;
  std::uint64_t pstate;
  alignas(16) std::uint8_t records[4096];

  std::uint64_t frame_pointer() const { return x[29]; }
  std::uint64_t program_counter() const { return pc; }
};
static_assert(offsetof(SignalContext, sp) == 256 && offsetof(SignalContext, pstate) == 272);
static_assert(offsetof(SignalContext, records) == 288);

/// [linux arch/arm64/include/uapi/asm/ucontext.h]
struct UserContext {
  std::uint64_t flags;
  UserContext* link;
  SignalStack stack;
  std::uint8_t mask[128];
  SignalContext registers;
};
static_assert(offsetof(UserContext, registers) == 176);

}  // namespace ashlar::linux
