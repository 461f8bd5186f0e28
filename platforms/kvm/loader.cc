// Finds the loader's tables through what entry.S kept.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/kvm/loader.h"

#include <cstdint>

#include "libs/base/result.h"
#include "libs/identity_map/identity_map.h"
#include "platforms/kvm/boot_information.h"

extern "C" {
extern const std::uint64_t ashlar_kvm_start_info;
extern const std::uint64_t ashlar_kvm_boot_params;
}

namespace ashlar::kvm {

Result<BootInformation> ReadLoaderTables() {
  return ashlar_kvm_start_info != 0
             ? BootInformation::FromStartInfo(ashlar_kvm_start_info, identity_map::ReadablePhysical)
             : BootInformation::FromBootParams(ashlar_kvm_boot_params,
                                               identity_map::ReadablePhysical);
}

}  // namespace ashlar::kvm
