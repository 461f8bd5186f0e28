// Halves its step downwards from what is certainly enough.
// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/search.h"

#include <functional>
#include <optional>

namespace benchmarks {

std::optional<double> SmallestMemory(int low, int high, const std::function<bool(int)>& works) {
  if (!works(high)) {
    return std::nullopt;
  }
  int least = high;
  for (int step = (high - low) / 2 / 16 * 16; step >= 16; step = step / 2 / 16 * 16) {
    while (least - step >= low && works(least - step)) {
      least -= step;
    }
  }
  return least;
}

}  // namespace benchmarks
