// What a fatal signal means, in words.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "libs/linux/abi.h"

namespace ashlar::linuxu {

/// The vector of a page fault [Intel-SDM-3 §6.15].
inline constexpr std::uint64_t kPageFault = 14;

/// The fault's name: "write to read-only memory". `boot_stack_guard` is the page below the boot
/// stack.
std::string_view NameFault(int signal, const linux::SignalContext& registers,
                           std::uintptr_t boot_stack_guard);

}  // namespace ashlar::linuxu
