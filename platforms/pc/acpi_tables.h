// This machine's ACPI tables. A facade: each machine has its own way to the root pointer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/acpi/acpi.h"
#include "libs/acpi/fadt.h"
#include "libs/base/result.h"

namespace ashlar::pc {

/// Looked for at each call: few call it, once each. kNotFound: the machine has no ACPI.
Result<acpi::Tables> AcpiTables();

/// The same as far as the FADT.
Result<acpi::Fadt> AcpiFadt();

}  // namespace ashlar::pc
