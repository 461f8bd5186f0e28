// What passes between a process and the Linux kernel differently on each CPU: numbers of system
// calls, and what a signal shows of the registers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__aarch64__)
#include "libs/linux/abi_aarch64.h"
#else
#include "libs/linux/abi_x86_64.h"
#endif
