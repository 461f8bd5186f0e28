// Keeps what the loader passed.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/kvm/machine_information.h"

#include <optional>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "platforms/kvm/boot_information.h"
#include "platforms/kvm/loader.h"

namespace ashlar::kvm {
namespace {

constinit std::optional<BootInformation> machine_information;

}  // namespace

const BootInformation& MachineInformation() {
  if (!machine_information) {
    const Result<BootInformation> found = ReadLoaderTables();
    if (!found) {
      Panic("the loader passed no boot information that this image understands");
    }
    machine_information = *found;
  }
  return *machine_information;
}

}  // namespace ashlar::kvm
