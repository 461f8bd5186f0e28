// What the kernel put on the process's stack at its start: arguments, environment, auxiliary
// vector.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace ashlar::linux::process {

/// Remembers the stack pointer at the ELF entry. The entry code calls this before anything else.
void SetInitialStack(std::uintptr_t* stack);

/// argv, argv[0] included. The array ends with a null pointer, lives for ever and may be changed.
/// Empty before SetInitialStack.
std::span<char*> Arguments();

/// The value of an entry of the auxiliary vector (kAt... in abi.h), zero if it isn't there. Walks
/// the vector.
std::uint64_t AuxiliaryValue(std::uint64_t type);

}  // namespace ashlar::linux::process
