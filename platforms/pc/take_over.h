// Taking interrupts over from whoever ran before. A facade: on a virtual machine that is nobody.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/arch/x86_64/interrupt_table.h"

// Where an interrupt that nobody asked for is acknowledged (interrupt_entry.S).
extern "C" const std::byte ashlar_stray_interrupt;

namespace ashlar::pc {

/// The interrupt table to be used, with at least `count` entries. What firmware has left switched
/// on is not heard any more, and what it has left pending has a gate; all others are the caller's
/// to fill in. Called once, with interrupts off, before any is taken.
std::span<x86_64::InterruptGate> TakeInterruptsOver(std::size_t count);

}  // namespace ashlar::pc
