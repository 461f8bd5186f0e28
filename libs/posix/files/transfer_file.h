// TransferFile: from a file to another descriptor, without a copy where the bytes never change.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {

/// Sends at most `count` bytes of `from`, from `offset` on or from its position (which then moves),
/// to `to`; returns how many, 0 at the end of the file. A file with constant contents is given to
/// `to` as Lifetime::kImage, so a socket takes its pages by reference. Blocks as writing to `to`
/// does. EINVAL: `from` is not a file with a position; what Write says, if nothing was sent.
Outcome<std::size_t> TransferFile(File& to, File& from, std::optional<std::int64_t> offset,
                                  std::size_t count);

}  // namespace ashlar::posix
