// Control registers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::x86_64 {

/// CR2: the address whose access faulted last.
inline std::uintptr_t ReadCr2() {
  std::uintptr_t value;
  asm volatile("mov %%cr2, %0" : "=r"(value));
  return value;
}

/// CR3: the physical address of the topmost page table, and flags in the low 12 bits.
inline std::uintptr_t ReadCr3() {
  std::uintptr_t value;
  asm volatile("mov %%cr3, %0" : "=r"(value));
  return value;
}

/// Writing it drops every cached translation.
inline void WriteCr3(std::uintptr_t value) {
  asm volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

inline std::uintptr_t ReadCr4() {
  std::uintptr_t value;
  asm volatile("mov %%cr4, %0" : "=r"(value));
  return value;
}
inline void WriteCr4(std::uintptr_t value) {
  asm volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

/// CR4.FSGSBASE: RDFSBASE and WRFSBASE are allowed [SDM 3 §2.5].
inline constexpr std::uintptr_t kCr4FsGsBase = 1 << 16;

/// Drops the cached translation of the page that holds `address`.
inline void InvalidatePage(std::uintptr_t address) {
  asm volatile("invlpg (%0)" : : "r"(address) : "memory");
}

}  // namespace ashlar::x86_64
