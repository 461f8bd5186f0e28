// Ways out of a PC that ask nothing of anyone.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/arch/x86_64/cpu.h"
#include "libs/arch/x86_64/port.h"
#include "libs/halt/halt.h"

namespace ashlar::pc {

/// QEMU's isa-debug-exit at port 0xf4, where our tools put it: QEMU exits with twice the value
/// written plus one. Returns if there is none.
inline void LeaveByExitDevice(int status) {
  constexpr std::uint16_t kPort = 0xf4;
  const auto value =
      static_cast<unsigned>(status < 0 || status > halt::kMaxStatus ? halt::kMaxStatus : status);
  // Inverted, so that success is 255 and a QEMU that failed by itself (1) is none of ours.
  x86_64::Out8(kPort, static_cast<std::uint8_t>(~value & 0x7f));
}

/// The keyboard controller's "reset the CPU", which ends a Firecracker VM [FC-faq]; then a triple
/// fault, by an interrupt without an interrupt table. A VMM that was told to reboot starts the
/// image again, and so does a PC.
[[noreturn]] inline void LeaveByReset() {
  constexpr std::uint16_t kKeyboardControllerPort = 0x64;
  constexpr std::uint8_t kResetCpu = 0xfe;
  x86_64::Out8(kKeyboardControllerPort, kResetCpu);
  struct [[gnu::packed]] {
    std::uint16_t limit = 0;
    std::uint64_t base = 0;
  } const empty;
  asm volatile("lidt %0; int3" : : "m"(empty));
  x86_64::HaltForever();
}

}  // namespace ashlar::pc
