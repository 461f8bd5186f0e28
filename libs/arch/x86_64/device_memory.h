// One access to a device's registers in memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace ashlar::x86_64 {

/// One load. Uncached accesses are in order with all others [SDM 3 §12.3.1].
template <typename T>
T LoadFromDevice(const volatile std::byte* address) {
  return *reinterpret_cast<const volatile T*>(address);
}

/// One store.
template <typename T>
void StoreToDevice(volatile std::byte* address, T value) {
  *reinterpret_cast<volatile T*>(address) = value;
}

}  // namespace ashlar::x86_64
