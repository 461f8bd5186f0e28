// Units of memory and alignment arithmetic.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace ashlar {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;
inline constexpr std::size_t kGiB = 1024 * kMiB;

/// The granule of the page map, on every CPU that Ashlar knows.
inline constexpr std::size_t kPageSize = 4 * kKiB;

/// `value` rounded down to a multiple of `alignment`, a power of two.
constexpr std::uintptr_t AlignDown(std::uintptr_t value, std::size_t alignment) {
  return value & ~(static_cast<std::uintptr_t>(alignment) - 1);
}

/// `value` rounded up to a multiple of `alignment`, a power of two. Wraps round at the top of the
/// range.
constexpr std::uintptr_t AlignUp(std::uintptr_t value, std::size_t alignment) {
  return AlignDown(value + alignment - 1, alignment);
}

/// Whether `value` is a multiple of `alignment`, a power of two.
constexpr bool IsAligned(std::uintptr_t value, std::size_t alignment) {
  return (value & (static_cast<std::uintptr_t>(alignment) - 1)) == 0;
}

}  // namespace ashlar
