// What a fatal signal means, in words, and what it shows of the CPU.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "libs/linux/abi.h"

namespace ashlar::linuxu {

/// The fault's name: "write to read-only memory". `boot_stack_guard` is the page below the boot
/// stack.
std::string_view NameFault(const linux::SignalInfo& information,
                           const linux::SignalContext& registers, std::uintptr_t boot_stack_guard);

/// The address that was not to be reached, if that is what the signal is about.
std::optional<std::uint64_t> FaultAddress(const linux::SignalInfo& information,
                                          const linux::SignalContext& registers);

/// Writes all registers to the console, three a line.
void WriteRegisters(const linux::SignalContext& registers);

}  // namespace ashlar::linuxu
