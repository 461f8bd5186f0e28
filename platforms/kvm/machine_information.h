// What this machine's loader passed to this image.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platforms/kvm/boot_information.h"

namespace ashlar::kvm {

/// Read from the loader's tables at the first call. An image that was passed nothing it understands
/// ends here, with a sentence.
const BootInformation& MachineInformation();

}  // namespace ashlar::kvm
