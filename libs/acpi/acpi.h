// ACPI's tables: finding them and checking that they are whole.
//
// Firmware wrote them; nothing in them is believed before it is checked. What single tables say is
// read by fadt.h, madt.h, hpet.h, reset.h and aml.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "libs/base/foreign_bytes.h"
#include "libs/base/result.h"

namespace ashlar::acpi {

/// The bytes of one whole table, header included, whose length and checksum are right.
using Table = std::span<const std::byte>;

/// What every table begins with [ACPI §5.2.6].
inline constexpr std::size_t kHeaderSize = 36;

/// No table is larger: a length that claims more is broken.
inline constexpr std::size_t kMaxTableSize = 4 * 1024 * 1024;

/// The machine's tables. A value: where they are, nothing more. Any context that `map` allows; no
/// allocation.
class Tables {
 public:
  /// From the root pointer (RSDP) at `root_pointer`, which the loader knows or FindRootPointer()
  /// finds. kNotFound: it is zero; kBroken: there is none, or one with a wrong checksum or address.
  static Result<Tables> Find(std::uint64_t root_pointer, MapPhysical map);

  /// The first table with this four-letter signature. kNotFound; kBroken: it is there but not
  /// whole.
  Result<Table> Get(std::string_view signature) const;

  /// The table at `address`, which another table names (the FADT names the DSDT). kBroken if it
  /// isn't one.
  Result<Table> GetAt(std::uint64_t address, std::string_view signature) const;

 private:
  Tables(Table root, std::size_t entry_size, MapPhysical map)
      : root_(root), entry_size_(entry_size), map_(map) {}

  Table root_;  // RSDT or XSDT
  std::size_t entry_size_;
  MapPhysical map_;
};

/// Looks for the root pointer where PCs keep it, between 0xe0000 and 0x100000; zero if it is not
/// there.
std::uint64_t FindRootPointer(MapPhysical map);

}  // namespace ashlar::acpi
