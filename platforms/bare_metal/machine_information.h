// What the boot loader passed to this image.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platforms/bare_metal/boot_information.h"

namespace ashlar::bare_metal {

/// Read at the first call. An image that was passed nothing it understands ends here, with a
/// sentence.
const BootInformation& MachineInformation();

}  // namespace ashlar::bare_metal
