// A virtual machine starts with its interrupts switched off and nothing pending.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/pc/take_over.h"

#include <array>
#include <cstddef>
#include <span>

#include "libs/arch/x86_64/interrupt_table.h"
#include "libs/base/check.h"

namespace ashlar::pc {
namespace {

constinit std::array<x86_64::InterruptGate, 96> table = {};

}  // namespace

std::span<x86_64::InterruptGate> TakeInterruptsOver(std::size_t count) {
  ASHLAR_CHECK(count <= table.size());
  return table;
}

}  // namespace ashlar::pc
