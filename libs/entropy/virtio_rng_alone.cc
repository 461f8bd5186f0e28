// Entropy from the host: the machine's virtio entropy device.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <span>

#include "libs/base/result.h"
#include "libs/entropy/entropy.h"
#include "libs/entropy/virtio_rng.h"

namespace ashlar::entropy {

Result<void> Fill(std::span<std::byte> bytes) { return FillFromVirtioRng(bytes); }

}  // namespace ashlar::entropy
