// What this machine's loader left, if it can be understood.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libs/base/result.h"
#include "platforms/kvm/boot_information.h"

namespace ashlar::kvm {

/// Read from the loader's tables at each call. kBroken: the loader passed nothing that this image
/// understands. Any context.
Result<BootInformation> ReadLoaderTables();

}  // namespace ashlar::kvm
