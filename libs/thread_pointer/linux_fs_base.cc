// The thread pointer of a Linux process without a C library: WRFSBASE where the kernel allows it,
// else arch_prctl.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "libs/linux/linux.h"
#include "libs/linux/process.h"
#include "libs/thread_pointer/thread_pointer.h"

namespace ashlar::thread_pointer {
namespace {

enum class Way : std::uint8_t { kUnknown, kInstruction, kSystemCall };

constinit Way way = Way::kUnknown;

}  // namespace

void Set(void* pointer) {
  if (way == Way::kUnknown) [[unlikely]] {
    const bool allowed = (linux::process::AuxiliaryValue(linux::kAtHardwareCapabilities2) &
                          linux::kHardwareCapability2Fsgsbase) != 0;
    way = allowed ? Way::kInstruction : Way::kSystemCall;
  }
  if (way == Way::kInstruction) {
    asm volatile("wrfsbase %0" : : "r"(pointer) : "memory");
  } else {
    // Fails for addresses of the kernel's half alone, which none is.
    linux::SystemCall(linux::Number::kArchPrctl, linux::kArchSetFs, pointer);
  }
}

}  // namespace ashlar::thread_pointer
