// Leaving a virtual machine: by the exit device, by ACPI, by reset, by a triple fault.
// SPDX-License-Identifier: Apache-2.0
#include "libs/halt/halt.h"

#include <cstdint>

#include "libs/arch/x86_64/cpu.h"
#include "libs/arch/x86_64/port.h"

namespace ashlar::halt {
namespace {

// QEMU's isa-debug-exit, where our tools put it; QEMU exits with twice the value written plus one.
constexpr std::uint16_t kDebugExitPort = 0xf4;

// The keyboard controller's command port and its "reset the CPU", which ends a Firecracker VM [FC-faq].
constexpr std::uint16_t kKeyboardControllerPort = 0x64;
constexpr std::uint8_t kResetCpu = 0xfe;

// An interrupt without an interrupt table is a triple fault: the last way to end a virtual machine.
[[noreturn]] void TripleFault() {
  struct [[gnu::packed]] {
    std::uint16_t limit = 0;
    std::uint64_t base = 0;
  } const empty;
  asm volatile("lidt %0; int3" : : "m"(empty));
  x86_64::HaltForever();
}

}  // namespace

void Exit(int status) {
  const auto value = static_cast<unsigned>(status < 0 || status > kMaxStatus ? kMaxStatus : status);
  // Inverted, so that success is 255 and a QEMU that failed by itself (1) is none of ours.
  x86_64::Out8(kDebugExitPort, static_cast<std::uint8_t>(~value & 0x7f));
  x86_64::Out8(kKeyboardControllerPort, kResetCpu);
  TripleFault();
}

}  // namespace ashlar::halt
