// The memory map as loaders pass it: a table of stretches of the address space.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/memory_map/region_list.h"

namespace ashlar::pc {

/// A stretch of the address space that the loader described.
struct MemoryRange {
  std::uint64_t base;
  std::uint64_t size;
  bool usable;  ///< RAM that nobody else needs
};

/// The loader's memory map, where the loader left it.
class MemoryRanges {
 public:
  /// What an entry has at least, in every loader's table: 64 bits of address, 64 of size, 32 of
  /// type; type 1 is RAM [PVH-x86 hvm_memmap_table_entry, x86-boot boot_e820_entry, MB2 §3.6.8].
  static constexpr std::size_t kEntryBytes = 20;

  MemoryRanges() = default;
  /// `table` holds whole entries, one each `stride` bytes.
  MemoryRanges(std::span<const std::byte> table, std::size_t stride)
      : table_(table), stride_(stride) {}

  std::size_t size() const { return table_.size() / stride_; }
  /// i < size().
  MemoryRange operator[](std::size_t i) const;

 private:
  std::span<const std::byte> table_;
  std::size_t stride_ = 1;
};

/// Adds the usable ranges to `free` and takes the others out. Returns how many bytes are usable.
std::size_t AddRanges(const MemoryRanges& ranges, memory_map::RegionList& free);

}  // namespace ashlar::pc
