// One Linux system call.
//
// Everything else about Linux is in linux.h; this part depends on nothing, so that the console and
// the halt backends may use it below //libs/base.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__aarch64__)
#include "libs/linux/system_call_aarch64.h"
#else
#include "libs/linux/system_call_x86_64.h"
#endif
