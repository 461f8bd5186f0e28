// The page tables of the CPU an image is for: its entries, and what its instructions do with them,
// under one name.
//
// Only a table's owner asks for this: //libs/identity_map and the machines.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__aarch64__)
#include "libs/arch/aarch64/paging.h"
namespace ashlar::arch {
using namespace aarch64::paging;
}  // namespace ashlar::arch
#else
#include "libs/arch/x86_64/paging.h"
namespace ashlar::arch {
using namespace x86_64::paging;
}  // namespace ashlar::arch
#endif
