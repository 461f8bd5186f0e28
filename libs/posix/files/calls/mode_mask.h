// The mask of umask(), which files and directories are created under.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace ashlar::posix {

/// `mode`'s permission bits, less those masked.
std::uint16_t Masked(mode_t mode);

}  // namespace ashlar::posix
