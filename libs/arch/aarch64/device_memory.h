// One access to a device's registers in memory.
//
// Of the plainest form there is, a register for the address and one for the value: a hypervisor
// that emulates the device is told no more than that about the instruction [ARM D17.2.37 ISV].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace ashlar::aarch64 {

/// One load, before all accesses to memory that follow: what a device wrote there is seen after the
/// register that said so.
template <typename T>
T LoadFromDevice(const volatile std::byte* address) {
  std::uint32_t value;
  if constexpr (sizeof(T) == 1) {
    asm volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
  } else if constexpr (sizeof(T) == 2) {
    asm volatile("ldrh %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
  } else {
    static_assert(sizeof(T) == 4);
    asm volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
  }
  asm volatile("dmb oshld" : : : "memory");
  return static_cast<T>(value);
}

/// One store, after all accesses to memory that come before: a device that is told of a buffer
/// finds it filled.
template <typename T>
void StoreToDevice(volatile std::byte* address, std::type_identity_t<T> value) {
  asm volatile("dmb osh" : : : "memory");
  if constexpr (sizeof(T) == 1) {
    asm volatile("strb %w0, [%1]" : : "r"(std::uint32_t{value}), "r"(address) : "memory");
  } else if constexpr (sizeof(T) == 2) {
    asm volatile("strh %w0, [%1]" : : "r"(std::uint32_t{value}), "r"(address) : "memory");
  } else {
    static_assert(sizeof(T) == 4);
    asm volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
  }
}

}  // namespace ashlar::aarch64
