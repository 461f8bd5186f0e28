// The font of framebuffers: printable ASCII, one bit a pixel. make_font.cc makes it of a console
// font.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::console {

inline constexpr unsigned kFontWidth = 8;
inline constexpr unsigned kFontHeight = 16;
inline constexpr unsigned kFontFirst = ' ';
inline constexpr unsigned kFontLast = '~';

/// Each character's rows from the top down; the uppermost bit is the leftmost pixel.
extern const std::uint8_t kFont[kFontLast - kFontFirst + 1][kFontHeight];

}  // namespace ashlar::console
