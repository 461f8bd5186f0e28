// Giving devices their addresses, on machines without firmware that did.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/pci/pci.h"

namespace ashlar::pci {

/// Where memory base addresses may lie: below 4 GiB.
struct Window {
  std::uint64_t base;
  std::uint64_t size;
};

/// Gives each memory base address of `function` that has none its place at the front of `window`,
/// which becomes smaller by it, aligned to its size. What does not fit, and ports, stay without:
/// ReadBar() answers kUnsupported. Not for a function that is in use.
void AssignAddresses(ConfigSpace& config, const Function& function, Window& window);

/// The pin by which `function` interrupts, 1 (INTA) to 4; zero if it has none.
std::uint8_t InterruptPin(ConfigSpace& config, Address address);

/// Notes down which line that pin is connected to, for InterruptLine().
void SetInterruptLine(ConfigSpace& config, Address address, std::uint8_t line);

}  // namespace ashlar::pci
