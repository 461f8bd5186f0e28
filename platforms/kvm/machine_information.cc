// Finds the loader's tables through what entry.S kept.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/kvm/machine_information.h"

#include <cstdint>
#include <optional>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "platforms/kvm/boot_information.h"
#include "platforms/kvm/physical_memory.h"

extern "C" {
extern const std::uint64_t ashlar_kvm_start_info;
extern const std::uint64_t ashlar_kvm_boot_params;
}

namespace ashlar::kvm {
namespace {

constinit std::optional<BootInformation> machine_information;

}  // namespace

const BootInformation& MachineInformation() {
  if (!machine_information) {
    const Result<BootInformation> found =
        ashlar_kvm_start_info != 0 ? BootInformation::FromStartInfo(ashlar_kvm_start_info, ReadablePhysical)
                                   : BootInformation::FromBootParams(ashlar_kvm_boot_params, ReadablePhysical);
    if (!found) {
      Panic("the loader passed no boot information that this image understands");
    }
    machine_information = *found;
  }
  return *machine_information;
}

}  // namespace ashlar::kvm
