// Makes font.h's table of a console font: make_font FONT.psf HEIGHT font.cc.
//
// The font is of PSF's first version, with the table that tells which glyph stands for which
// character.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <print>
#include <span>
#include <string>
#include <vector>

namespace {

using Bytes = std::span<const unsigned char>;

/// [PSF §1]
struct Font {
  Bytes glyphs;
  std::size_t height;                          ///< rows of a glyph, a byte each
  std::map<unsigned, std::size_t> characters;  ///< character to glyph
};

std::optional<Font> Parse(Bytes file) {
  constexpr std::size_t kHeader = 4;
  constexpr unsigned kHas512Glyphs = 1;
  constexpr unsigned kHasTable = 2;
  constexpr unsigned kEndOfGlyph = 0xffff;
  constexpr unsigned kSequences = 0xfffe;  // of combining characters: up to the glyph's end
  if (file.size() < kHeader || file[0] != 0x36 || file[1] != 0x04 || (file[2] & kHasTable) == 0) {
    return std::nullopt;
  }
  Font font;
  const std::size_t count = (file[2] & kHas512Glyphs) != 0 ? 512 : 256;
  font.height = file[3];
  if (file.size() - kHeader < count * font.height) {
    return std::nullopt;
  }
  font.glyphs = file.subspan(kHeader, count * font.height);
  const Bytes table = file.subspan(kHeader + count * font.height);
  std::size_t glyph = 0;
  bool sequences = false;
  for (std::size_t i = 0; i + 1 < table.size() && glyph < count; i += 2) {
    const unsigned value = table[i] | table[i + 1] << 8u;
    if (value == kEndOfGlyph) {
      ++glyph;
      sequences = false;
    } else if (value == kSequences) {
      sequences = true;
    } else if (!sequences) {
      font.characters.try_emplace(value, glyph);
    }
  }
  return font;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::println(stderr, "usage: make_font FONT.psf HEIGHT SOURCE.cc");
    return 2;
  }
  std::ifstream stream(argv[1], std::ios::binary);
  const std::vector<unsigned char> file(std::istreambuf_iterator<char>(stream), {});
  const std::optional<Font> font = Parse(file);
  if (!font || font->height != std::strtoul(argv[2], nullptr, 10)) {
    std::println(stderr, "make_font: {} is no PSF font, version 1, of {} rows", argv[1], argv[2]);
    return 1;
  }
  std::ofstream source(argv[3]);
  std::println(source,
               "// Made by make_font.\n#include \"libs/console/font.h\"\n\n#include <cstdint>\n");
  std::println(source, "namespace ashlar::console {{\n");
  std::println(source, "const std::uint8_t kFont[kFontLast - kFontFirst + 1][kFontHeight] = {{");
  for (unsigned character = ' '; character <= '~'; ++character) {
    const auto found = font->characters.find(character);
    if (found == font->characters.end()) {
      std::println(stderr, "make_font: {} has no character {}", argv[1], character);
      return 1;
    }
    std::print(source, "    {{");
    for (const unsigned char row :
         font->glyphs.subspan(found->second * font->height, font->height)) {
      std::print(source, "{:#04x}, ", row);
    }
    std::println(source, "}},");
  }
  std::println(source, "}};\n\n}}  // namespace ashlar::console");
  if (!source.flush()) {
    std::println(stderr, "make_font: cannot write {}", argv[3]);
    return 1;
  }
}
