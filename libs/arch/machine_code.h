// A function in the CPU's own words: for tests of memory that becomes executable.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace ashlar::arch {

/// Returns `value`, wherever it lies.
#if defined(__aarch64__)
constexpr std::array<std::uint32_t, 2> Returning(std::uint8_t value) {
  return {0x52800000u | std::uint32_t{value} << 5, 0xd65f03c0};  // mov w0, #value; ret
}
#else
constexpr std::array<std::uint8_t, 6> Returning(std::uint8_t value) {
  return {0xb8, value, 0, 0, 0, 0xc3};  // mov eax, value; ret
}
#endif

}  // namespace ashlar::arch
