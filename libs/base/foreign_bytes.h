// Reading what others left in memory: firmware, boot loaders, hypervisors.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace ashlar {

/// Makes [address, address + size) of physical memory readable. Empty if that cannot be.
using MapPhysical = std::span<const std::byte> (*)(std::uint64_t address, std::size_t size);

/// The little-endian number at `offset`, however it is aligned. The caller has seen to it that it
/// lies wholly inside `bytes`.
template <std::unsigned_integral T>
T LoadInside(std::span<const std::byte> bytes, std::size_t offset) {
  static_assert(std::endian::native == std::endian::little);
  T value;
  std::memcpy(&value, bytes.subspan(offset, sizeof value).data(), sizeof value);
  return value;
}

/// The same, and zero if it doesn't lie wholly inside: that is what fields have that a table is too
/// short, too old, for [ACPI §5.2.9].
template <std::unsigned_integral T>
T Load(std::span<const std::byte> bytes, std::size_t offset) {
  const bool inside = offset <= bytes.size() && sizeof(T) <= bytes.size() - offset;
  return inside ? LoadInside<T>(bytes, offset) : 0;
}

}  // namespace ashlar
