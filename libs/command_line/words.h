// The command line as words: splitting, looking up.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/result.h"

namespace ashlar::command_line {

/// Splits `text` at blanks, in place: each word becomes a NUL-terminated string, quotes around
/// (part of) a word go away. `text` must end with a byte to spare, a NUL. Words that hypervisors
/// add for themselves are left out. Returns how many pointers were put into `words`. kNoSpace: more
/// words than fit; kInvalidArgument: a quote that nothing closes.
Result<std::size_t> Split(std::span<char> text, std::span<char*> words);

/// The value of the last parameter `name`: among the words before "--", or among all if there is
/// none.
std::optional<std::string_view> FindParameter(std::span<char* const> words, std::string_view name);

/// The index of main()'s first argument: behind "--", or 0.
std::size_t FirstArgument(std::span<char* const> words);

/// What a backend gives, from the first call on: a slot for the image's name, the words, a null
/// pointer.
std::span<char*> NameAndWords();

}  // namespace ashlar::command_line
