// Reads the text on a picture of a screen: read_screen FILE.ppm prints a line for each row that has
// any.
//
// The font is the image's own, so what it cannot read was not drawn as it should be: '#'.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <fstream>
#include <iterator>
#include <optional>
#include <print>
#include <string>
#include <vector>

#include "libs/console/font.h"

namespace {

using namespace ashlar::console;

struct Picture {
  unsigned width;
  unsigned height;
  std::vector<char> pixels;  ///< three bytes each

  bool White(unsigned x, unsigned y) const { return pixels[(std::size_t{y} * width + x) * 3] != 0; }
};

// A binary "portable pixmap": P6, width, height, 255.
std::optional<Picture> Read(const char* name) {
  std::ifstream file(name, std::ios::binary);
  std::string magic;
  unsigned most = 0;
  Picture picture = {};
  file >> magic >> picture.width >> picture.height >> most;
  file.get();
  picture.pixels.assign(std::istreambuf_iterator<char>(file), {});
  const std::size_t size = std::size_t{picture.width} * picture.height * 3;
  if (magic != "P6" || most != 255 || picture.pixels.size() != size) {
    return std::nullopt;
  }
  return picture;
}

char ReadCell(const Picture& picture, unsigned left, unsigned top) {
  for (unsigned character = kFontFirst; character <= kFontLast; ++character) {
    bool same = true;
    for (unsigned y = 0; y < kFontHeight && same; ++y) {
      for (unsigned x = 0; x < kFontWidth && same; ++x) {
        const bool set = (kFont[character - kFontFirst][y] << x & 0x80) != 0;
        same = set == picture.White(left + x, top + y);
      }
    }
    if (same) {
      return static_cast<char>(character);
    }
  }
  return '#';
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Picture> picture = argc == 2 ? Read(argv[1]) : std::nullopt;
  if (!picture) {
    std::println(stderr, "usage: read_screen FILE.ppm");
    return 2;
  }
  for (unsigned top = 0; top + kFontHeight <= picture->height; top += kFontHeight) {
    std::string line;
    for (unsigned left = 0; left + kFontWidth <= picture->width; left += kFontWidth) {
      line += ReadCell(*picture, left, top);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    if (!line.empty()) {
      std::println("{}", line);
    }
  }
}
