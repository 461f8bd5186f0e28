// Whether an address leads anywhere: for reports of faults, which read what may be broken.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::x86_64 {

/// Whether a page is mapped at `address`, by the page tables in use. Any context, exceptions
/// included.
bool IsMapped(std::uintptr_t address);

}  // namespace ashlar::x86_64
