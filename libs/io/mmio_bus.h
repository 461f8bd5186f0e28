// A bus to memory-mapped registers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/arch/device_memory.h"
#include "libs/io/io.h"

namespace ashlar::io {

/// Registers in memory that page_map::MapDevice() made reachable, uncached. Accesses are in order
/// with those to memory that devices share, too.
class MmioBus {
 public:
  /// `base` is the first register's address; offsets must keep the natural alignment of each
  /// access.
  explicit constexpr MmioBus(volatile std::byte* base) : base_(base) {}

  std::uint8_t Read8(std::size_t offset) const { return Read<std::uint8_t>(offset); }
  std::uint16_t Read16(std::size_t offset) const { return Read<std::uint16_t>(offset); }
  std::uint32_t Read32(std::size_t offset) const { return Read<std::uint32_t>(offset); }
  void Write8(std::size_t offset, std::uint8_t value) const {
    arch::StoreToDevice<std::uint8_t>(base_ + offset, value);
  }
  void Write16(std::size_t offset, std::uint16_t value) const {
    arch::StoreToDevice<std::uint16_t>(base_ + offset, value);
  }
  void Write32(std::size_t offset, std::uint32_t value) const {
    arch::StoreToDevice<std::uint32_t>(base_ + offset, value);
  }

 private:
  template <typename T>
  T Read(std::size_t offset) const {
    return arch::LoadFromDevice<T>(base_ + offset);
  }

  volatile std::byte* base_;
};

static_assert(Bus<MmioBus>);

}  // namespace ashlar::io
