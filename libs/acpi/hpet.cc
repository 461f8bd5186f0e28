// Takes the timer's address from its table, if it lies in memory.
// SPDX-License-Identifier: Apache-2.0
#include "libs/acpi/hpet.h"

#include <cstddef>
#include <cstdint>

#include "libs/acpi/acpi.h"
#include "libs/base/foreign_bytes.h"

namespace ashlar::acpi {
namespace {

// A generic address structure: its space, zero for memory, and the address.
constexpr std::size_t kSpace = 40;
constexpr std::size_t kAddress = 44;

}  // namespace

std::uint64_t HpetAddress(Table table) {
  const auto address = Load<std::uint64_t>(table, kAddress);
  const bool memory = Load<std::uint8_t>(table, kSpace) == 0;
  return memory && address % 8 == 0 ? address : 0;
}

}  // namespace ashlar::acpi
