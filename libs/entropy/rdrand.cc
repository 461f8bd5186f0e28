// Entropy from the CPU: RDSEED, or RDRAND where that is all there is.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "libs/arch/x86_64/cpuid.h"
#include "libs/base/result.h"
#include "libs/entropy/entropy.h"
#include "libs/entropy/fill_by_words.h"

namespace ashlar::entropy {
namespace {

enum class Source : std::uint8_t { kUnknown, kNone, kRandom, kSeed };

constinit Source source = Source::kUnknown;

std::optional<std::uint64_t> Seed() {
  std::uint64_t value;
  bool valid;
  asm volatile("rdseed %0" : "=r"(value), "=@ccc"(valid));
  return valid ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> Random() {
  std::uint64_t value;
  bool valid;
  asm volatile("rdrand %0" : "=r"(value), "=@ccc"(valid));
  return valid ? std::optional(value) : std::nullopt;
}

// RDSEED may run dry for a moment; RDRAND fails ten times in a row only if it is broken [SDM 1
// §7.3.17].
std::optional<std::uint64_t> Draw() {
  constexpr int kAttempts = 10;
  for (int i = 0; source == Source::kSeed && i < kAttempts; ++i) {
    if (const auto value = Seed()) {
      return value;
    }
  }
  for (int i = 0; i < kAttempts; ++i) {
    if (const auto value = Random()) {
      return value;
    }
  }
  return std::nullopt;
}

// A CPU with RDSEED has RDRAND too. Some CPUs' RDRAND answered all ones after suspension, and said
// it was valid.
Source FindSource() {
  if (!x86_64::HasRandomInstruction()) {
    return Source::kNone;
  }
  const auto first = Random();
  const auto second = Random();
  if (!first || !second || *first == *second) {
    return Source::kNone;
  }
  return x86_64::HasSeedInstruction() ? Source::kSeed : Source::kRandom;
}

}  // namespace

Result<void> Fill(std::span<std::byte> bytes) {
  if (source == Source::kUnknown) {
    source = FindSource();
  }
  if (source == Source::kNone) {
    return std::unexpected(Error::kUnsupported);
  }
  return FillByWords(bytes, Draw);
}

}  // namespace ashlar::entropy
