// Tests of text on screens: where characters go, and what they look like in memory.
// SPDX-License-Identifier: Apache-2.0
#include "libs/console/text_screen.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "libs/console/font.h"
#include "libs/console/framebuffer.h"
#include "libs/console/vga_text.h"

namespace ashlar::console {
namespace {

// A screen of characters, full of what was there before.
struct Grid {
  std::vector<std::string>* lines;

  unsigned rows() const { return static_cast<unsigned>(lines->size()); }
  unsigned columns() const { return static_cast<unsigned>(lines->front().size()); }
  void Put(unsigned row, unsigned column, char character) { lines->at(row).at(column) = character; }
  void ClearRow(unsigned row) { lines->at(row).assign(columns(), ' '); }
};

std::vector<std::string> Written(std::string_view text) {
  std::vector<std::string> lines(4, "#####");
  TextScreen<Grid>(Grid{&lines}).Write(text);
  return lines;
}

using Lines = std::vector<std::string>;

TEST(TextScreenTest, RowsAreClearedAsTheyAreReached) {
  EXPECT_EQ(Written(""), (Lines{"#####", "#####", "#####", "#####"}));
  EXPECT_EQ(Written("one"), (Lines{"one  ", "     ", "#####", "#####"}));
  EXPECT_EQ(Written("one\ntwo"), (Lines{"one  ", "two  ", "     ", "#####"}));
  EXPECT_EQ(Written("one\n\ntwo\n"), (Lines{"one  ", "     ", "two  ", "     "}));
}

TEST(TextScreenTest, LongLinesGoOnInTheNextRow) {
  EXPECT_EQ(Written("12345"), (Lines{"12345", "     ", "#####", "#####"}));
  EXPECT_EQ(Written("1234567"), (Lines{"12345", "67   ", "     ", "#####"}));
  EXPECT_EQ(Written("12345\n67"), (Lines{"12345", "67   ", "     ", "#####"}));
}

TEST(TextScreenTest, AfterTheLastRowComesTheFirst) {
  EXPECT_EQ(Written("a\nb\nc\nd"), (Lines{"     ", "b    ", "c    ", "d    "}));
  EXPECT_EQ(Written("a\nb\nc\nd\ne"), (Lines{"e    ", "     ", "c    ", "d    "}));
}

TEST(TextScreenTest, WhatHasNoPictureIsShownAsSuch) {
  EXPECT_EQ(Written("a\r\tb\x1b\x7f\xc3"), (Lines{"ab?? ", "     ", "#####", "#####"}));
}

TEST(VgaTextTest, ACellIsACharacterAndItsColours) {
  std::vector<std::uint16_t> memory(2 * 3, 0xffff);
  VgaText cells(reinterpret_cast<std::byte*>(memory.data()), 2, 3);
  cells.ClearRow(1);
  cells.Put(1, 2, 'A');
  EXPECT_EQ(memory, (std::vector<std::uint16_t>{0xffff, 0xffff, 0xffff, 0x0720, 0x0720, 0x0741}));
}

// Draws an 'A' on `layout` and looks at every byte of the memory.
void CheckGlyph(const FramebufferLayout& layout, unsigned scale) {
  ASSERT_TRUE(layout.valid());
  std::vector<std::uint32_t> words(layout.size() / 4 + 1, 0x5a5a5a5a);
  auto* const memory = reinterpret_cast<std::byte*>(words.data());
  Framebuffer cells(memory, layout);
  const unsigned row = cells.rows() - 1;
  const unsigned column = cells.columns() - 1;
  cells.Put(row, column, 'A');
  unsigned white = 0;
  for (unsigned y = 0; y < layout.height; ++y) {
    for (unsigned x = 0; x < layout.bytes_per_row; ++x) {
      const unsigned glyph_x = x / layout.bytes_per_pixel - column * kFontWidth * scale;
      const unsigned glyph_y = y - row * kFontHeight * scale;
      std::byte expected{0x5a};
      if (x / layout.bytes_per_pixel < layout.width && glyph_x < kFontWidth * scale &&
          glyph_y < kFontHeight * scale) {
        const bool set = (kFont['A' - kFontFirst][glyph_y / scale] << glyph_x / scale & 0x80) != 0;
        expected = set ? std::byte{0xff} : std::byte{0};
        white += set ? 1 : 0;
      }
      ASSERT_EQ(memory[y * layout.bytes_per_row + x], expected) << x << " " << y;
    }
  }
  EXPECT_GT(white, 0u);
}

TEST(FramebufferTest, AGlyphIsDrawnWhereItBelongsAndNowhereElse) {
  CheckGlyph({.width = 20, .height = 37, .bytes_per_row = 96, .bytes_per_pixel = 4}, 1);
  CheckGlyph({.width = 17, .height = 32, .bytes_per_row = 51, .bytes_per_pixel = 3}, 1);
  CheckGlyph({.width = 8, .height = 16, .bytes_per_row = 16, .bytes_per_pixel = 2}, 1);
}

TEST(FramebufferTest, OnLargeScreensGlyphsAreLarger) {
  CheckGlyph({.width = 40, .height = 1440, .bytes_per_row = 160, .bytes_per_pixel = 4}, 2);
}

TEST(FramebufferTest, AScreenTooNarrowForALargeGlyphIsDrawnOnWithSmallOnes) {
  CheckGlyph({.width = 15, .height = 1440, .bytes_per_row = 60, .bytes_per_pixel = 4}, 1);
}

TEST(FramebufferTest, ARowIsClearedFromEdgeToEdge) {
  const FramebufferLayout layout = {
      .width = 20, .height = 32, .bytes_per_row = 88, .bytes_per_pixel = 4};
  std::vector<std::uint32_t> words(layout.size() / 4, 0x5a5a5a5a);
  Framebuffer(reinterpret_cast<std::byte*>(words.data()), layout).ClearRow(1);
  for (unsigned y = 0; y < layout.height; ++y) {
    for (unsigned x = 0; x < 22; ++x) {
      EXPECT_EQ(words[y * 22 + x], y >= 16 && x < 20 ? 0 : 0x5a5a5a5a);
    }
  }
}

TEST(FontTest, LettersDifferAndBlanksAreBlank) {
  unsigned all = 0;
  for (const std::uint8_t row : kFont[0]) {
    all |= row;
  }
  EXPECT_EQ(all, 0u);
  EXPECT_NE(std::string_view(reinterpret_cast<const char*>(kFont['a' - kFontFirst]), kFontHeight),
            std::string_view(reinterpret_cast<const char*>(kFont['b' - kFontFirst]), kFontHeight));
}

}  // namespace
}  // namespace ashlar::console
