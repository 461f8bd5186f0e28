// What a multiboot2 loader passed: memory map, command line, ACPI's root pointer, the screen.
//
// All of it is other people's data: every tag, address and count is checked before it is followed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/foreign_bytes.h"
#include "libs/base/result.h"
#include "libs/console/framebuffer.h"
#include "platforms/pc/memory_ranges.h"

namespace ashlar::bare_metal {

/// A screen as the loader left it.
struct Screen {
  std::uint64_t address;              ///< physical
  console::FramebufferLayout layout;  ///< of pixels; or of text cells, if `is_text`
  bool is_text;                       ///< VGA's cells: a character and its colours in two bytes
};

/// A value: where the tags are. They are read, and checked again, when asked for, so an image pays
/// only for what it asks.
class BootInformation {
 public:
  /// From the structure at `address` [MB2 §3.6]. kBroken: it is none, or its tags do not add up.
  static Result<BootInformation> FromMultiboot2(std::uint64_t address, MapPhysical map);

  /// The memory map. Empty if there is none, or one with entries too small.
  pc::MemoryRanges memory_ranges() const;

  /// The loader's own words; where it has none, those of the module "command_line", which disk
  /// images have. Without a NUL; stays where the loader put it.
  std::string_view command_line() const;

  /// The physical address of the loader's copy of ACPI's root pointer, the newer one if it has
  /// both; zero if it has none.
  std::uint64_t acpi_root_pointer() const;

  /// The screen, if there is one that makes sense.
  std::optional<Screen> screen() const;

  /// Where the information itself lies: memory that is marked usable and in use all the same.
  std::array<pc::MemoryRange, 2> occupied() const;

 private:
  // A tag's bytes from its header on; never fewer than the header.
  using Tag = std::span<const std::byte>;

  // The module that holds the command line.
  struct Module {
    std::uint64_t address = 0;
    std::size_t size = 0;  // zero: there is none
  };

  BootInformation(std::span<const std::byte> bytes, std::uint64_t address, MapPhysical map)
      : bytes_(bytes), address_(address), map_(map) {}

  // The first tag of this type at or behind `offset`, which moves behind it; empty if there is
  // none.
  Tag Find(std::uint32_t type, std::size_t& offset) const;
  Tag Find(std::uint32_t type) const;
  Module command_line_module() const;

  std::span<const std::byte> bytes_;
  std::uint64_t address_;
  MapPhysical map_;
};

}  // namespace ashlar::bare_metal
