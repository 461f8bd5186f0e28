// The command line: the words the loader passed to the image.
//
// Words before "--" are the system's parameters (name=value, the name beginning with the library
// that reads it: net.address=...); words after it are main()'s arguments. Without a "--" all are
// main()'s, and those of the form library.name=value are parameters as well.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace ashlar::command_line {

/// More words than this are refused: the image ends at boot with a sentence that says so.
inline constexpr int kMaxWords = 64;

/// All words but the image's own name. NUL-terminated, writable, live forever.
/// Machines split the loader's text at blanks; "double quotes" hold blanks together. Words that
/// hypervisors append for themselves (virtio_mmio.device=...) are not among them.
std::span<char* const> Words();

/// The value of the last parameter `name`, empty for "name=", nothing if there is none. Any context
/// after boot.
std::optional<std::string_view> Parameter(std::string_view name);

/// main()'s arguments: argv[0] is the image's name, and argv[size] is a null pointer.
std::span<char*> Arguments();

}  // namespace ashlar::command_line
