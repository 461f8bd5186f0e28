// Words: the image's command line, and words quoted for a shell.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/run/options.h"

namespace ashlar::run {

/// Splits `text` as the machines do: at blanks; "double quotes" hold blanks together.
std::vector<std::string> SplitWords(std::string_view text);

/// The inverse. A word with a double quote in it cannot be passed on.
std::expected<std::string, Complaint> JoinWords(std::span<const std::string> words);

/// The image's words with `parameters` of ours among its parameters: parameters, "--", main()'s
/// arguments. Where the image's words have no "--", those of the form library.name=value count as
/// parameters.
std::vector<std::string> AddParameters(std::span<const std::string> words,
                                       std::span<const std::string> parameters);

/// Whether there is a parameter `name` among words in AddParameters' order or the image's own.
bool HasParameter(std::span<const std::string> words, std::string_view name);

/// As a part of one of QEMU's options, which ends at a comma; two are one.
std::string EscapeCommas(std::string_view text);

/// The words as one line that a POSIX shell reads back.
std::string QuoteForShell(std::span<const std::string> words);

}  // namespace ashlar::run
