// Text on a screen, line after line, on any cells that can show a character.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <string_view>

namespace ashlar::console {

/// A grid of characters: framebuffer.h, vga_text.h. Rows and columns count from zero; there is at
/// least one of each.
template <typename T>
concept Cells = std::copy_constructible<T> && requires(T cells, unsigned row, unsigned column) {
  { cells.rows() } -> std::same_as<unsigned>;
  { cells.columns() } -> std::same_as<unsigned>;
  { cells.Put(row, column, 'x') } -> std::same_as<void>;
  { cells.ClearRow(row) } -> std::same_as<void>;
};

/// Writes from the top down, and after the last row at the top again: nothing is moved, since
/// reading a screen's memory is many times slower than writing it. The row below the one that is
/// written is blank, so that the eye finds the end.
template <Cells CellsType>
class TextScreen {
 public:
  explicit constexpr TextScreen(CellsType cells) : cells_(cells) {}

  /// Shows printable ASCII, '\n' as a new line, and '?' for bytes it has no picture of; other
  /// control characters show nothing.
  void Write(std::string_view text) {
    for (const char character : text) {
      if (character == '\n') {
        if (at_end_of_line_) {
          StartRow();
        }
        at_end_of_line_ = true;
      } else if (static_cast<unsigned char>(character) >= ' ') {
        if (at_end_of_line_ || column_ == cells_.columns()) {
          StartRow();
        }
        const bool printable = character >= ' ' && character <= '~';
        cells_.Put(row_, column_++, printable ? character : '?');
      }
    }
  }

 private:
  unsigned Below(unsigned row) { return row + 1 == cells_.rows() ? 0 : row + 1; }

  // What firmware or a boot loader wrote goes as rows are reached.
  void StartRow() {
    if (started_) {
      row_ = Below(row_);
    } else {
      started_ = true;
      cells_.ClearRow(row_);
    }
    column_ = 0;
    at_end_of_line_ = false;
    cells_.ClearRow(Below(row_));
  }

  CellsType cells_;
  unsigned row_ = 0;
  unsigned column_ = 0;
  bool started_ = false;
  bool at_end_of_line_ = true;  // the next row starts with what comes next
};

}  // namespace ashlar::console
