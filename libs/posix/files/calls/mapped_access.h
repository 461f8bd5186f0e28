// How munmap undoes mprotect, without linking it into programs that never call it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace ashlar::posix {

/// Makes pages readable and writable again; nullptr until mprotect was called.
extern void (*restore_access)(std::span<std::byte> pages);

}  // namespace ashlar::posix
