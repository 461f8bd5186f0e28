// The power state coordination interface: the firmware's or the hypervisor's way to switch an Arm
// machine off.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::psci {

/// Functions without arguments, by their numbers [PSCI §5].
enum class Function : std::uint32_t {
  kSystemOff = 0x8400'0008,
  kSystemReset = 0x8400'0009,
};

/// Asks the hypervisor. Returns what it answers; kSystemOff and kSystemReset return only if it
/// can't. Any context. Faults where there is nobody to ask. Before SMCCC 1.1, X1 to X17 are the
/// answerer's [SMCCC 1.0].
inline std::int32_t CallHypervisor(Function function) {
  register std::uint64_t x0 asm("x0") = static_cast<std::uint32_t>(function);
  asm volatile("hvc #0"
               : "+r"(x0)
               :
               : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
                 "x14", "x15", "x16", "x17", "memory");
  return static_cast<std::int32_t>(x0);
}

/// Asks the firmware. The same.
inline std::int32_t CallSecureMonitor(Function function) {
  register std::uint64_t x0 asm("x0") = static_cast<std::uint32_t>(function);
  asm volatile("smc #0"
               : "+r"(x0)
               :
               : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
                 "x14", "x15", "x16", "x17", "memory");
  return static_cast<std::int32_t>(x0);
}

}  // namespace ashlar::psci
