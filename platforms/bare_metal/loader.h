// What the boot loader left, if it can be understood.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/base/result.h"
#include "platforms/bare_metal/boot_information.h"

namespace ashlar::bare_metal {

/// Read from the loader's structure at each call. kBroken: it passed nothing that this image
/// understands. Any context.
Result<BootInformation> ReadLoaderTables();

}  // namespace ashlar::bare_metal
