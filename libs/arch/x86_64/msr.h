// Model-specific registers. Reading or writing one that the CPU lacks faults: check CPUID first.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::x86_64 {

/// The registers that Ashlar uses, by their names in [SDM 4].
enum class Msr : std::uint32_t {
  kApicBase = 0x1b,                   // IA32_APIC_BASE
  kTscDeadline = 0x6e0,               // IA32_TSC_DEADLINE
  kFsBase = 0xc0000100,               // IA32_FS_BASE
  kAmdInterruptPending = 0xc0010055,  // [AMD-0Fh, AMD-10h] interrupt pending and CMP-halt
  kKvmWallClock = 0x4b564d00,         // [KVM-MSR] MSR_KVM_WALL_CLOCK_NEW
  kKvmSystemTime = 0x4b564d01,        // [KVM-MSR] MSR_KVM_SYSTEM_TIME_NEW
};

inline std::uint64_t ReadMsr(Msr msr) {
  std::uint32_t low;
  std::uint32_t high;
  asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
  return std::uint64_t{high} << 32 | low;
}

inline void WriteMsr(Msr msr, std::uint64_t value) {
  asm volatile("wrmsr"
               :
               : "c"(msr), "a"(static_cast<std::uint32_t>(value)),
                 "d"(static_cast<std::uint32_t>(value >> 32))
               : "memory");
}

}  // namespace ashlar::x86_64
