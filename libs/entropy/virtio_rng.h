// Entropy from the machine's virtio entropy device.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "libs/base/result.h"

namespace ashlar::entropy {

/// As Fill(). kUnsupported: there is no such device, or it does not answer.
Result<void> FillFromVirtioRng(std::span<std::byte> bytes);

}  // namespace ashlar::entropy
