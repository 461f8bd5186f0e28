// Switching between stacks on the CPU an image is for, under one name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__aarch64__)
#include "libs/arch/aarch64/context_switch.h"
namespace ashlar::arch {
using aarch64::PrepareStack;
using aarch64::SwitchStack;
}  // namespace ashlar::arch
#else
#include "libs/arch/x86_64/context_switch.h"
namespace ashlar::arch {
using x86_64::PrepareStack;
using x86_64::SwitchStack;
}  // namespace ashlar::arch
#endif
