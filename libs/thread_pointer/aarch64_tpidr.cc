// The thread pointer of AArch64: TPIDR_EL0, which user mode may write as well [ARM, TPIDR_EL0].
// SPDX-License-Identifier: Apache-2.0
#include "libs/thread_pointer/thread_pointer.h"

namespace ashlar::thread_pointer {

void Set(void* pointer) { asm volatile("msr tpidr_el0, %0" : : "r"(pointer) : "memory"); }

}  // namespace ashlar::thread_pointer
