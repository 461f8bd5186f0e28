// Random numbers by the CPU: FEAT_RNG [ARM D17.2.120].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace ashlar::aarch64 {

/// Whether the CPU has the random-number registers.
inline bool HasRandomNumbers() {
  std::uint64_t features;
  asm volatile("mrs %0, id_aa64isar0_el1" : "=r"(features));
  return features >> 60 != 0;
}

/// One from the CPU's generator, reseeded first; nothing if it has none in a reasonable time. Only
/// where HasRandomNumbers().
inline std::optional<std::uint64_t> RandomNumber() {
  std::uint64_t value;
  std::uint64_t valid;
  // RNDRRS by its encoding, since older assemblers lack the name; Z tells that it failed.
  asm volatile("mrs %0, s3_3_c2_c4_1\n\tcset %1, ne" : "=r"(value), "=r"(valid) : : "cc");
  return valid != 0 ? std::optional(value) : std::nullopt;
}

}  // namespace ashlar::aarch64
