// SPDX-License-Identifier: Apache-2.0
#include "platforms/kvm/acpi_tables.h"

#include "libs/acpi/acpi.h"
#include "libs/acpi/fadt.h"
#include "libs/base/result.h"
#include "platforms/kvm/boot_information.h"
#include "platforms/kvm/loader.h"
#include "platforms/kvm/physical_memory.h"

namespace ashlar::kvm {

Result<acpi::Tables> AcpiTables() {
  const Result<BootInformation> information = ReadLoaderTables();
  return acpi::Tables::Find(information ? information->acpi_root_pointer() : 0, ReadablePhysical);
}

Result<acpi::Fadt> AcpiFadt() {
  const acpi::Tables tables = ASHLAR_TRY(AcpiTables());
  return acpi::ParseFadt(ASHLAR_TRY(tables.Get("FACP")));
}

}  // namespace ashlar::kvm
