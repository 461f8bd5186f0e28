// Semihosting: how an emulator or a debug probe is told that the program is over, and how it ended.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/halt/halt.h"

namespace ashlar::arm {

/// QEMU, started with -semihosting-config enable=on, exits with twice the inverted status plus one:
/// success is 255, and a QEMU that failed by itself (1) is none of ours. Where nobody listens, the
/// instruction faults.
inline void ExitBySemihosting(int status) {
  constexpr std::uint64_t kExit = 0x18;
  constexpr std::uint64_t kApplicationExit = 0x20026;
  const auto value =
      static_cast<unsigned>(status < 0 || status > halt::kMaxStatus ? halt::kMaxStatus : status);
  const std::uint64_t block[] = {kApplicationExit, (~value & 0x7f) << 1 | 1};
  register std::uint64_t w0 asm("x0") = kExit;
  register const std::uint64_t* x1 asm("x1") = block;
  asm volatile("hlt #0xf000" : "+r"(w0) : "r"(x1) : "memory");  // [semihosting §5.1]
}

}  // namespace ashlar::arm
