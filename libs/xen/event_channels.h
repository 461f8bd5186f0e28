// Event channels: the bits of the shared page.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "libs/xen/abi.h"

namespace ashlar::xen {

/// Whether an event came on `port` since the last call. port < kMaxPorts. Look for what the event
/// tells of after this, never before: an event between the two would be lost.
inline bool TakePending(SharedInfo& shared, std::uint32_t port) {
  const std::uint64_t bit = std::uint64_t{1} << (port % 64);
  std::atomic_ref<std::uint64_t> word(shared.pending[port / 64]);
  // Xen sets bits of the same word at any moment; most of the time there is nothing to take.
  if ((word.load(std::memory_order_relaxed) & bit) == 0) {
    return false;
  }
  word.fetch_and(~bit, std::memory_order_acq_rel);
  return true;
}

}  // namespace ashlar::xen
