// The text cells of a VGA, as a PC's BIOS leaves them: two bytes each, a character and its colours.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ashlar::console {

/// Cells in memory at `base`, `rows` of `columns` each, one row behind the other [VGA §2: text
/// modes].
class VgaText {
 public:
  constexpr VgaText(volatile std::byte* base, unsigned rows, unsigned columns)
      : base_(base), rows_(rows), columns_(columns) {}

  unsigned rows() const { return rows_; }
  unsigned columns() const { return columns_; }

  void Put(unsigned row, unsigned column, char character) {
    constexpr std::uint16_t kLightGreyOnBlack = 0x0700;
    auto* const cells = reinterpret_cast<volatile std::uint16_t*>(base_);
    cells[std::size_t{row} * columns_ + column] =
        static_cast<std::uint16_t>(kLightGreyOnBlack | static_cast<unsigned char>(character));
  }
  void ClearRow(unsigned row) {
    for (unsigned column = 0; column < columns_; ++column) {
      Put(row, column, ' ');
    }
  }

 private:
  volatile std::byte* base_;
  unsigned rows_;
  unsigned columns_;
};

}  // namespace ashlar::console
