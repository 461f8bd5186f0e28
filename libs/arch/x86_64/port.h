// The port instructions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::x86_64 {

/// One access to I/O port space of the width in the name. The "memory" clobber keeps memory
/// accesses on their side of it: a driver fills a buffer, then tells the device.
inline std::uint8_t In8(std::uint16_t port) {
  std::uint8_t value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
  return value;
}
inline std::uint16_t In16(std::uint16_t port) {
  std::uint16_t value;
  asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
  return value;
}
inline std::uint32_t In32(std::uint16_t port) {
  std::uint32_t value;
  asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
  return value;
}
inline void Out8(std::uint16_t port, std::uint8_t value) {
  asm volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}
inline void Out16(std::uint16_t port, std::uint16_t value) {
  asm volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}
inline void Out32(std::uint16_t port, std::uint32_t value) {
  asm volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

}  // namespace ashlar::x86_64
