// Disk images: the file on them that holds the image's words.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string_view>

#include "tools/run/options.h"

namespace ashlar::run {

/// Writes `text` into the command line's file of a disk image that //rules:disk_image.bzl made.
/// A complaint if `disk` is none, or has no room for it.
std::expected<void, Complaint> WriteCommandLine(std::span<std::byte> disk, std::string_view text);

}  // namespace ashlar::run
