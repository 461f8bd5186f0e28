// What the loader passed, in either of its forms: memory map, command line, where ACPI's tables
// begin.
//
// All of it is other people's data: every address and count is checked before it is followed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "libs/base/foreign_bytes.h"
#include "libs/base/result.h"
#include "platforms/pc/memory_ranges.h"

namespace ashlar::kvm {

using pc::MemoryRange;
using pc::MemoryRanges;

/// A value: which tables they are, and where. They are read, and checked again, when asked for, so
/// an image pays only for what it asks.
class BootInformation {
 public:
  /// From the structure of the PVH boot protocol at `address` [PVH-x86 hvm_start_info].
  /// kBroken: not one, or of a version without a memory map.
  static Result<BootInformation> FromStartInfo(std::uint64_t address, MapPhysical map);
  /// From Linux's "zero page" at `address` [x86-boot].
  static Result<BootInformation> FromBootParams(std::uint64_t address, MapPhysical map);

  /// The memory map. Empty if it cannot be read.
  MemoryRanges memory_ranges() const;

  /// The loader's text, without its NUL. Stays where the loader put it.
  std::string_view command_line() const;

  /// The physical address of ACPI's root pointer; zero if the loader gave none.
  std::uint64_t acpi_root_pointer() const;

  /// Where the information itself lies: memory that is marked usable and in use all the same.
  std::array<MemoryRange, 3> occupied() const;

 private:
  // Where a field or a table is in one form of the information.
  struct Layout;
  static const Layout kStartInfo;
  static const Layout kBootParams;

  BootInformation(const Layout& layout, std::span<const std::byte> bytes, std::uint64_t address,
                  MapPhysical map)
      : layout_(&layout), bytes_(bytes), address_(address), map_(map) {}

  std::uint64_t command_line_address() const;
  std::uint64_t memory_map_address() const;
  std::size_t memory_map_size() const;

  const Layout* layout_;
  std::span<const std::byte> bytes_;
  std::uint64_t address_;
  MapPhysical map_;
};

}  // namespace ashlar::kvm
