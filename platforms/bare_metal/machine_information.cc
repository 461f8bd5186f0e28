// Keeps what the boot loader passed.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/bare_metal/machine_information.h"

#include <optional>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "platforms/bare_metal/boot_information.h"
#include "platforms/bare_metal/loader.h"

namespace ashlar::bare_metal {
namespace {

constinit std::optional<BootInformation> machine_information;

}  // namespace

const BootInformation& MachineInformation() {
  if (!machine_information) {
    const Result<BootInformation> found = ReadLoaderTables();
    if (!found) {
      Panic(
          "the boot loader passed no multiboot2 information: boot the disk image, or use GRUB's "
          "multiboot2");
    }
    machine_information = *found;
  }
  return *machine_information;
}

}  // namespace ashlar::bare_metal
