// The log: one line for each thing worth knowing, with a level and the time, on the console.
//
//     log::Warning("virtio", "queue ", index, " wants ", size, ", has ", log::Hex(room));
//
//     [    0.001204] warning: virtio: queue 3 wants 256, has 0x80
//
// A byte on a serial console costs a microsecond or more, so boot says little.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "libs/base/result.h"

namespace ashlar::log {

enum class Level : std::uint8_t {
  kDebug,        ///< for whoever works on the library
  kInformation,  ///< what was found and chosen
  kWarning,      ///< something is not as it should be, and the image goes on without harm
  kError,        ///< something does not work from here on
};

/// One part of a line: text, a number, or an Error's name. Refers to its text: pass it on, don't
/// keep it.
class Part {
 public:
  constexpr Part(std::string_view text) : kind_(Kind::kText), text_(text) {}
  constexpr Part(const char* text) : Part(std::string_view(text)) {}
  constexpr Part(bool value) : Part(value ? "yes" : "no") {}
  constexpr Part(std::signed_integral auto value)
      : kind_(Kind::kSigned), number_(static_cast<std::uint64_t>(value)) {}
  constexpr Part(std::unsigned_integral auto value) : kind_(Kind::kUnsigned), number_(value) {}
  Part(const void* address)
      : kind_(Kind::kHexadecimal), number_(reinterpret_cast<std::uintptr_t>(address)) {}
  Part(ashlar::Error error) : Part(Describe(error)) {}

 private:
  friend constexpr Part Hex(std::uint64_t value);
  friend class Line;
  enum class Kind : std::uint8_t { kText, kSigned, kUnsigned, kHexadecimal };

  Kind kind_;
  std::string_view text_;
  std::uint64_t number_ = 0;
};

/// A number in hexadecimal, with "0x".
constexpr Part Hex(std::uint64_t value) {
  Part part(value);
  part.kind_ = Part::Kind::kHexadecimal;
  return part;
}

/// Lines below this level are dropped; kInformation at start. Returns the level before.
Level SetMinimum(Level level);

/// Whether a line of this level would be written: ask before expensive preparations.
bool Enabled(Level level);

/// Writes one line: the time, the level, `library` (the name of the library that speaks) and the
/// parts. A line is at most 240 bytes: the rest is cut and shown as "..."; control characters in it
/// become '?', so that what comes from outside can't forge a line. Never fails, blocks or
/// allocates. Any context.
void Write(Level level, std::string_view library, std::initializer_list<Part> parts);

template <typename... Parts>
void Debug(std::string_view library, const Parts&... parts) {
  Write(Level::kDebug, library, {Part(parts)...});
}
template <typename... Parts>
void Information(std::string_view library, const Parts&... parts) {
  Write(Level::kInformation, library, {Part(parts)...});
}
template <typename... Parts>
void Warning(std::string_view library, const Parts&... parts) {
  Write(Level::kWarning, library, {Part(parts)...});
}
template <typename... Parts>
void Error(std::string_view library, const Parts&... parts) {
  Write(Level::kError, library, {Part(parts)...});
}

}  // namespace ashlar::log
