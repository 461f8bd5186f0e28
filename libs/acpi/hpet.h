// The description of the high precision event timer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libs/acpi/acpi.h"

namespace ashlar::acpi {

/// The physical address of its registers [HPET §3.2.4]; `table` is an "HPET". Zero: it has none in
/// memory.
std::uint64_t HpetAddress(Table table);

}  // namespace ashlar::acpi
