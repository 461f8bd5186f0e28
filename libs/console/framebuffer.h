// Characters on a framebuffer: pixels in memory, drawn with a small font.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/console/font.h"

namespace ashlar::console {

/// How a framebuffer's pixels lie.
struct FramebufferLayout {
  std::uint32_t width = 0;            ///< pixels in a row
  std::uint32_t height = 0;           ///< rows
  std::uint32_t bytes_per_row = 0;    ///< from one row to the next
  std::uint32_t bytes_per_pixel = 0;  ///< 2 to 4

  /// Whether it can be drawn on: room for a character, rows that do not overlap, no more than a
  /// screen has.
  constexpr bool valid() const {
    constexpr std::uint32_t kMost = 16384;
    return width >= kFontWidth && width <= kMost && height >= kFontHeight && height <= kMost &&
           bytes_per_pixel >= 2 && bytes_per_pixel <= 4 &&
           bytes_per_row >= width * bytes_per_pixel && bytes_per_row <= 2 * 4 * kMost;
  }
  /// Bytes of memory.
  constexpr std::uint64_t size() const { return std::uint64_t{bytes_per_row} * height; }
};

/// Cells on pixels at `base`: white on black, whatever the order of the colours. On screens of 1440
/// rows and more, each of the font's pixels is four.
class Framebuffer {
 public:
  /// `layout` must be valid().
  constexpr Framebuffer(volatile std::byte* base, const FramebufferLayout& layout)
      : base_(base),
        layout_(layout),
        scale_(layout.height >= 1440 && layout.width >= 2 * kFontWidth ? 2 : 1) {}

  unsigned rows() const { return layout_.height / (kFontHeight * scale_); }
  unsigned columns() const { return layout_.width / (kFontWidth * scale_); }

  /// `character` is printable ASCII.
  void Put(unsigned row, unsigned column, char character) {
    const auto& glyph = kFont[static_cast<unsigned char>(character) - kFontFirst];
    for (unsigned y = 0; y < kFontHeight * scale_; ++y) {
      const unsigned bits = glyph[y / scale_];
      for (unsigned x = 0; x < kFontWidth * scale_; ++x) {
        const bool white = (bits << x / scale_ & 0x80) != 0;
        SetPixel(column * kFontWidth * scale_ + x, row * kFontHeight * scale_ + y, white);
      }
    }
  }

  void ClearRow(unsigned row) {
    for (unsigned y = 0; y < kFontHeight * scale_; ++y) {
      for (unsigned x = 0; x < layout_.width; ++x) {
        SetPixel(x, row * kFontHeight * scale_ + y, false);
      }
    }
  }

 private:
  void SetPixel(unsigned x, unsigned y, bool white) {
    volatile std::byte* const pixel =
        base_ + std::size_t{y} * layout_.bytes_per_row + std::size_t{x} * layout_.bytes_per_pixel;
    // One access where it can be: uncached memory takes its time for each.
    if (layout_.bytes_per_pixel == 4) {
      *reinterpret_cast<volatile std::uint32_t*>(pixel) = white ? 0xffffffff : 0;
      return;
    }
    for (unsigned i = 0; i < layout_.bytes_per_pixel; ++i) {
      pixel[i] = static_cast<std::byte>(white ? 0xff : 0);
    }
  }

  volatile std::byte* base_;
  FramebufferLayout layout_;
  unsigned scale_;
};

}  // namespace ashlar::console
