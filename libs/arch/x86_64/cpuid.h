// CPUID: what the CPU, or the hypervisor in its place, says it can do.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::x86_64 {

/// What one leaf answers.
struct CpuidLeaf {
  std::uint32_t eax = 0;
  std::uint32_t ebx = 0;
  std::uint32_t ecx = 0;
  std::uint32_t edx = 0;
};

/// The bare instruction. A leaf past the maximum answers garbage [SDM CPUID]: use Cpuid().
inline CpuidLeaf RawCpuid(std::uint32_t leaf, std::uint32_t subleaf = 0) {
  CpuidLeaf answer;
  asm volatile("cpuid"
               : "=a"(answer.eax), "=b"(answer.ebx), "=c"(answer.ecx), "=d"(answer.edx)
               : "a"(leaf), "c"(subleaf));
  return answer;
}

/// Whether a hypervisor says that it is there [SDM CPUID leaf 1, a bit that no CPU sets].
inline bool InVirtualMachine() { return (RawCpuid(1).ecx >> 31 & 1) != 0; }

/// The leaf's answer, or zeros (no feature) if the CPU's maximum for this kind of leaf is below it.
inline CpuidLeaf Cpuid(std::uint32_t leaf, std::uint32_t subleaf = 0) {
  constexpr std::uint32_t kHypervisor = 0x40000000;
  constexpr std::uint32_t kExtended = 0x80000000;
  const std::uint32_t base = leaf & (kExtended | kHypervisor);
  if (base == kHypervisor && !InVirtualMachine()) {
    return {};  // Not in a virtual machine: these leaves are not reserved there.
  }
  const std::uint32_t maximum = RawCpuid(base).eax;
  if (maximum < leaf || maximum - base > 0xffff) {
    return {};
  }
  return RawCpuid(leaf, subleaf);
}

/// Features by name; each asks the CPU anew (in a virtual machine an exit of about a microsecond):
/// remember them.
inline bool HasTscDeadlineTimer() { return (Cpuid(1).ecx >> 24 & 1) != 0; }
inline bool HasRandomInstruction() { return (Cpuid(1).ecx >> 30 & 1) != 0; }
inline bool HasSeedInstruction() { return (Cpuid(7).ebx >> 18 & 1) != 0; }
inline bool HasFsBaseInstructions() { return (Cpuid(7).ebx & 1) != 0; }
inline bool HasGibibytePages() { return (Cpuid(0x80000001).edx >> 26 & 1) != 0; }
inline bool HasInvariantTsc() { return (Cpuid(0x80000007).edx >> 8 & 1) != 0; }

}  // namespace ashlar::x86_64
