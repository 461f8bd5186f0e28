// The vDSO: the kernel's shared library in every process, for calls that need not enter the kernel.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace ashlar::linux::vdso {

/// The address of the function `name` in the ELF image at `image` (AuxiliaryValue(kAtVdso); nullptr
/// is an empty image), or zero if it isn't there. The image is the kernel's and is trusted.
std::uintptr_t Find(const void* image, std::string_view name);

}  // namespace ashlar::linux::vdso
