// Finds the loader's structure through what entry.S kept.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/bare_metal/loader.h"

#include <cstdint>

#include "libs/base/result.h"
#include "libs/identity_map/identity_map.h"
#include "platforms/bare_metal/boot_information.h"

extern "C" {
extern const std::uint64_t ashlar_bare_metal_boot_information;
}

namespace ashlar::bare_metal {

Result<BootInformation> ReadLoaderTables() {
  return BootInformation::FromMultiboot2(ashlar_bare_metal_boot_information,
                                         identity_map::ReadablePhysical);
}

}  // namespace ashlar::bare_metal
