// ACPI's tables by the root pointer that the loader passed.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/pc/acpi_tables.h"

#include "libs/acpi/acpi.h"
#include "libs/base/result.h"
#include "libs/identity_map/identity_map.h"
#include "platforms/kvm/boot_information.h"
#include "platforms/kvm/loader.h"

namespace ashlar::pc {

Result<acpi::Tables> AcpiTables() {
  const Result<kvm::BootInformation> information = kvm::ReadLoaderTables();
  return acpi::Tables::Find(information ? information->acpi_root_pointer() : 0,
                            identity_map::ReadablePhysical);
}

}  // namespace ashlar::pc
