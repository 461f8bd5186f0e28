// Machines without a watchdog.
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <expected>

#include "libs/base/result.h"
#include "libs/watchdog/watchdog.h"

namespace ashlar::watchdog {

Result<void> Start(std::chrono::seconds period) {
  return std::unexpected(period < kLeastPeriod || period > kMostPeriod ? Error::kInvalidArgument
                                                                       : Error::kNotFound);
}

void Feed() {}

bool Stop() { return true; }

}  // namespace ashlar::watchdog
