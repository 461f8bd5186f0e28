// What was written becomes what the CPU executes, on the CPU an image is for.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__aarch64__)
#include "libs/arch/aarch64/caches.h"
namespace ashlar::arch {
using aarch64::PublishCode;
}  // namespace ashlar::arch
#else
namespace ashlar::arch {
/// Its caches see to that [SDM 3 §12.6].
inline void PublishCode(std::uintptr_t, std::size_t) {}
}  // namespace ashlar::arch
#endif
