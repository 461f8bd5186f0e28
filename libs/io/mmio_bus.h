// A bus to memory-mapped registers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/io/io.h"

namespace ashlar::io {

/// Registers in memory that page_map::MapDevice() made reachable (uncached, so the CPU keeps the
/// order).
class MmioBus {
 public:
  /// `base` is the first register's address; offsets must keep the natural alignment of each
  /// access.
  explicit constexpr MmioBus(volatile std::byte* base) : base_(base) {}

  std::uint8_t Read8(std::size_t offset) const { return *At<std::uint8_t>(offset); }
  std::uint16_t Read16(std::size_t offset) const { return *At<std::uint16_t>(offset); }
  std::uint32_t Read32(std::size_t offset) const { return *At<std::uint32_t>(offset); }
  void Write8(std::size_t offset, std::uint8_t value) const { *At<std::uint8_t>(offset) = value; }
  void Write16(std::size_t offset, std::uint16_t value) const {
    *At<std::uint16_t>(offset) = value;
  }
  void Write32(std::size_t offset, std::uint32_t value) const {
    *At<std::uint32_t>(offset) = value;
  }

 private:
  template <typename T>
  volatile T* At(std::size_t offset) const {
    return reinterpret_cast<volatile T*>(base_ + offset);
  }

  volatile std::byte* base_;
};

static_assert(Bus<MmioBus>);

}  // namespace ashlar::io
