// One access to a device's registers in memory, on the CPU an image is for: drivers use
// //libs/io:mmio_bus.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__aarch64__)
#include "libs/arch/aarch64/device_memory.h"
namespace ashlar::arch {
using aarch64::LoadFromDevice;
using aarch64::StoreToDevice;
}  // namespace ashlar::arch
#else
#include "libs/arch/x86_64/device_memory.h"
namespace ashlar::arch {
using x86_64::LoadFromDevice;
using x86_64::StoreToDevice;
}  // namespace ashlar::arch
#endif
