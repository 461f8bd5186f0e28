// A bus to registers in the x86 I/O port space.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/arch/x86_64/port.h"
#include "libs/io/io.h"

namespace ashlar::io {

/// A device's ports from `base` on. Reading ports that no device answers gives all ones.
class PortBus {
 public:
  explicit constexpr PortBus(std::uint16_t base) : base_(base) {}

  std::uint8_t Read8(std::size_t offset) const { return x86_64::In8(Port(offset)); }
  std::uint16_t Read16(std::size_t offset) const { return x86_64::In16(Port(offset)); }
  std::uint32_t Read32(std::size_t offset) const { return x86_64::In32(Port(offset)); }
  void Write8(std::size_t offset, std::uint8_t value) const { x86_64::Out8(Port(offset), value); }
  void Write16(std::size_t offset, std::uint16_t value) const {
    x86_64::Out16(Port(offset), value);
  }
  void Write32(std::size_t offset, std::uint32_t value) const {
    x86_64::Out32(Port(offset), value);
  }

 private:
  constexpr std::uint16_t Port(std::size_t offset) const {
    return static_cast<std::uint16_t>(base_ + offset);
  }

  std::uint16_t base_;
};

static_assert(Bus<PortBus>);

}  // namespace ashlar::io
