// What lwIP asks of its platform besides memory: random numbers and initial sequence numbers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::net {

/// Seeds the generators below from //libs/entropy, or from the clocks where the machine has no
/// source. Once, first.
void SeedRandom();

/// 64 bits that nobody outside can guess (as far as the seed was).
std::uint64_t Random();

}  // namespace ashlar::net
