// ACPI's tables by the boot loader's copy of their root pointer; by the place where a BIOS keeps
// it, if the loader has none.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/pc/acpi_tables.h"

#include <cstdint>

#include "libs/acpi/acpi.h"
#include "libs/base/result.h"
#include "libs/identity_map/identity_map.h"
#include "platforms/bare_metal/boot_information.h"
#include "platforms/bare_metal/loader.h"

namespace ashlar::pc {

Result<acpi::Tables> AcpiTables() {
  const Result<bare_metal::BootInformation> information = bare_metal::ReadLoaderTables();
  std::uint64_t root_pointer = information ? information->acpi_root_pointer() : 0;
  if (root_pointer == 0) {
    root_pointer = acpi::FindRootPointer(identity_map::ReadablePhysical);
  }
  return acpi::Tables::Find(root_pointer, identity_map::ReadablePhysical);
}

}  // namespace ashlar::pc
