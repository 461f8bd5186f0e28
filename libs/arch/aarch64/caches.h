// Maintenance of the caches: for devices that see none, and for code.
//
// A line is as long as CTR_EL0 says [ARM D17.2.34]; a system that has several kinds of CPU says the
// shortest of all.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ashlar::aarch64 {

/// Of the data caches and of the instruction caches, the shortest line, in bytes. Any exception
/// level.
struct CacheLines {
  std::uintptr_t data;
  std::uintptr_t instructions;

  static CacheLines Read() {
    constexpr unsigned kWordBytes = 4;
    std::uint64_t type;
    asm("mrs %0, ctr_el0" : "=r"(type));
    return {.data = std::uintptr_t{kWordBytes} << (type >> 16 & 0xf),
            .instructions = std::uintptr_t{kWordBytes} << (type & 0xf)};
  }
};

/// Writes what the caches hold of `bytes` to memory, and forgets it: for others who see no cache.
inline void CleanAndInvalidate(std::span<const std::byte> bytes) {
  const std::uintptr_t size = CacheLines::Read().data;
  const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
  for (std::uintptr_t line = begin & ~(size - 1); line < begin + bytes.size(); line += size) {
    asm volatile("dc civac, %0" : : "r"(line) : "memory");
  }
  asm volatile("dsb sy" : : : "memory");
}

/// Makes what was written to [address, address + size) what the CPU executes there [ARM B2.7.4].
/// The pages may be read.
inline void PublishCode(std::uintptr_t address, std::size_t size) {
  const CacheLines lines = CacheLines::Read();
  for (std::uintptr_t line = address & ~(lines.data - 1); line < address + size;
       line += lines.data) {
    asm volatile("dc cvau, %0" : : "r"(line) : "memory");
  }
  asm volatile("dsb ish" : : : "memory");
  for (std::uintptr_t line = address & ~(lines.instructions - 1); line < address + size;
       line += lines.instructions) {
    asm volatile("ic ivau, %0" : : "r"(line) : "memory");
  }
  asm volatile("dsb ish\n\tisb" : : : "memory");
}

}  // namespace ashlar::aarch64
