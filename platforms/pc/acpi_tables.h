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
inline Result<acpi::Fadt> AcpiFadt() {
  const acpi::Tables tables = ASHLAR_TRY(AcpiTables());
  return acpi::ParseFadt(ASHLAR_TRY(tables.Get("FACP")));
}

}  // namespace ashlar::pc
