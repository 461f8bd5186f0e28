// Entropy: bytes nobody can guess, for keys, sequence numbers and hash seeds.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "libs/base/result.h"

namespace ashlar::entropy {

/// Fills `bytes` with unpredictable ones, all or nothing. kUnsupported: the machine offers no
/// source (a CPU without RDRAND and no virtio-rng): refuse to make keys; what must go on may mix in
/// the clock and say so. Never blocks for long, never allocates. Not in interrupt context. Cost:
/// some 100 ns for each 8 bytes.
Result<void> Fill(std::span<std::byte> bytes);

}  // namespace ashlar::entropy
