// What events::Listen() calls an interrupt on a machine with a GIC.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/device_tree/device_tree.h"

namespace ashlar::virt {

/// The interrupt's number, and above it how it is triggered: by its level, unless bit 31 is set.
struct InterruptSource {
  std::uint32_t value;

  static constexpr std::uint32_t kEdge = std::uint32_t{1} << 31;

  constexpr std::uint32_t number() const { return value & ~kEdge; }
  constexpr bool edge_triggered() const { return (value & kEdge) != 0; }

  static constexpr InterruptSource From(device_tree::Interrupt interrupt) {
    return {interrupt.number | (interrupt.edge_triggered ? kEdge : 0)};
  }
};

}  // namespace ashlar::virt
