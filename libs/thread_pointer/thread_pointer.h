// The thread pointer: the CPU register through which code finds its thread's own variables.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::thread_pointer {

/// Points the CPU's thread register (x86-64: the FS base, AArch64: TPIDR_EL0) at `pointer`. Cost:
/// one instruction where the CPU and the backend allow (MSR, WRFSBASE), else an MSR write or a
/// system call. Any context but interrupt handlers.
void Set(void* pointer);

}  // namespace ashlar::thread_pointer
