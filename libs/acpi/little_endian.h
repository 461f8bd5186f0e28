// Reading little-endian numbers out of bytes, inside their bounds.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>

namespace ashlar::acpi {

/// The number at `offset`, or zero if it doesn't lie wholly inside `bytes`: fields that a table is
/// too short (too old) for have that value [ACPI §5.2.9].
template <std::unsigned_integral T>
T Load(std::span<const std::byte> bytes, std::size_t offset) {
  T value = 0;
  if (offset <= bytes.size() && sizeof value <= bytes.size() - offset) {
    std::memcpy(&value, bytes.data() + offset, sizeof value);
  }
  return value;
}

}  // namespace ashlar::acpi
