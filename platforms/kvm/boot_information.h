// What the loader passed, in either of its forms: memory map, command line, where ACPI's tables begin.
//
// All of it is other people's data: every address and count is checked before it is followed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "libs/base/result.h"

namespace ashlar::kvm {

/// Makes [address, address + size) of physical memory readable. Empty if that cannot be.
using MapPhysical = std::span<const std::byte> (*)(std::uint64_t address, std::size_t size);

/// A stretch of the address space that the loader described.
struct MemoryRange {
  std::uint64_t base;
  std::uint64_t size;
  bool usable;  ///< RAM that nobody else needs
};

/// A value: copies of the few numbers, and a way to the rest. Tables are read when asked for.
class BootInformation {
 public:
  /// From the structure of the PVH boot protocol at `address` [PVH-x86 hvm_start_info].
  /// kBroken: not one, or it contradicts itself.
  static Result<BootInformation> FromStartInfo(std::uint64_t address, MapPhysical map);
  /// From Linux's "zero page" at `address` [x86-boot].
  static Result<BootInformation> FromBootParams(std::uint64_t address, MapPhysical map);

  std::size_t memory_range_count() const { return memory_map_count_; }
  /// The i-th range, i < memory_range_count(). One that cannot be read is empty.
  MemoryRange memory_range(std::size_t i) const;

  /// The loader's text, without its NUL. Stays where the loader put it.
  std::string_view command_line() const;

  /// The physical address of ACPI's root pointer; zero if the loader gave none.
  std::uint64_t acpi_root_pointer() const { return acpi_root_pointer_; }

  /// Where the information itself lies: memory that is marked usable and in use all the same.
  std::span<const MemoryRange> occupied() const { return occupied_; }

 private:
  explicit BootInformation(MapPhysical map) : map_(map) {}

  MapPhysical map_;
  std::uint64_t memory_map_address_ = 0;
  std::size_t memory_map_count_ = 0;
  std::size_t memory_map_stride_ = 0;
  std::uint64_t command_line_address_ = 0;
  std::uint64_t acpi_root_pointer_ = 0;
  MemoryRange occupied_[3] = {};
};

}  // namespace ashlar::kvm
