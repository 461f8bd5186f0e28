// Apart from loader.cc, since this panics, and so needs the halt, which needs the tree.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/arm/machine_tree.h"

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/device_tree/device_tree.h"
#include "platforms/arm/loader.h"

extern "C" const bool ashlar_arm_entered_at_el3;

namespace ashlar::arm {

device_tree::Tree MachineTree() {
  if (ashlar_arm_entered_at_el3) {
    Panic(
        "the image was entered at EL3, the level of firmware, which it has none of: start it from "
        "firmware, at EL2 or EL1 (QEMU: -M virt without secure=on)");
  }
  const Result<device_tree::Tree> tree = ReadDeviceTree();
  if (!tree) {
    Panic("the loader passed no device tree that this image understands");
  }
  return *tree;
}

}  // namespace ashlar::arm
