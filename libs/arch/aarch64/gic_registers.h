// The CPU's side of a GICv3: its system registers [GICv3 §12.2]. By their encodings, since older
// assemblers lack the names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::aarch64 {

/// What interrupt_controllers::GicV3 wants of a CPU.
struct GicRegisters {
  std::uint64_t Affinity() const {
    std::uint64_t value;
    asm volatile("mrs %0, mpidr_el1" : "=r"(value));
    return value;
  }
  /// Switches to the system registers, has End() deactivate as well, forgets what was being
  /// handled, lets all priorities through, and enables group 1.
  void Start() const {
    std::uint64_t value;
    asm volatile("mrs %0, s3_0_c12_c12_5" : "=r"(value));  // ICC_SRE_EL1
    asm volatile("msr s3_0_c12_c12_5, %0\n\tisb" : : "r"(value | 1) : "memory");
    asm volatile(
        "msr s3_0_c12_c12_4, xzr\n\t"  // ICC_CTLR_EL1
        "msr s3_0_c12_c12_3, xzr\n\t"  // ICC_BPR1_EL1
        "msr s3_0_c12_c9_0, xzr"       // ICC_AP1R0_EL1
        :
        :
        : "memory");
    asm volatile("msr s3_0_c4_c6_0, %0" : : "r"(std::uint64_t{0xff}) : "memory");  // ICC_PMR_EL1
    asm volatile("msr s3_0_c12_c12_7, %0\n\tisb"  // ICC_IGRPEN1_EL1
                 :
                 : "r"(std::uint64_t{1})
                 : "memory");
  }
  std::uint32_t Acknowledge() const {
    std::uint64_t value;
    asm volatile("mrs %0, s3_0_c12_c12_0\n\tdsb sy" : "=r"(value) : : "memory");  // ICC_IAR1_EL1
    return static_cast<std::uint32_t>(value & 0xffffff);
  }
  void End(std::uint32_t interrupt) const {
    asm volatile("msr s3_0_c12_c12_1, %0\n\tisb"  // ICC_EOIR1_EL1
                 :
                 : "r"(std::uint64_t{interrupt})
                 : "memory");
  }
};

}  // namespace ashlar::aarch64
