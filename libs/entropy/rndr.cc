// Entropy on AArch64: the CPU's own where it has some, else the machine's virtio entropy device.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "libs/arch/aarch64/random.h"
#include "libs/base/result.h"
#include "libs/entropy/entropy.h"
#include "libs/entropy/fill_by_words.h"
#include "libs/entropy/virtio_rng.h"

namespace ashlar::entropy {
namespace {

// The generator may run dry for a moment.
std::optional<std::uint64_t> Draw() {
  constexpr int kAttempts = 10;
  for (int i = 0; i < kAttempts; ++i) {
    if (const auto value = aarch64::RandomNumber()) {
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<void> Fill(std::span<std::byte> bytes) {
  if (!aarch64::HasRandomNumbers()) {
    return FillFromVirtioRng(bytes);
  }
  return FillByWords(bytes, Draw);
}

}  // namespace ashlar::entropy
