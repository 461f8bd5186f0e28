// The bus concept: how a driver reaches a device's registers, whatever lies between them.
//
// A driver is a template over a Bus and is handed one: a port range (port_bus.h), memory-mapped
// registers (mmio_bus.h), or, in a test, a FakeBus (fake_bus.h) that records what the driver did.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace ashlar::io {

/// What reaches a device's registers. Offsets are in bytes from the device's first register. Each
/// call is exactly one access of exactly that width, in program order with the other calls on any
/// bus. Copyable and small: pass it by value.
template <typename T>
concept Bus = std::copy_constructible<T> && requires(T bus, std::size_t offset, std::uint8_t u8,
                                                     std::uint16_t u16, std::uint32_t u32) {
  { bus.Read8(offset) } -> std::same_as<std::uint8_t>;
  { bus.Read16(offset) } -> std::same_as<std::uint16_t>;
  { bus.Read32(offset) } -> std::same_as<std::uint32_t>;
  { bus.Write8(offset, u8) } -> std::same_as<void>;
  { bus.Write16(offset, u16) } -> std::same_as<void>;
  { bus.Write32(offset, u32) } -> std::same_as<void>;
};

}  // namespace ashlar::io
