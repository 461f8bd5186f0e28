// An instruction that no CPU has: for tests of what happens then.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ashlar::arch {

/// Executes it.
inline void ExecuteInvalidInstruction() {
#if defined(__aarch64__)
  asm volatile("udf #0");
#else
  asm volatile("ud2");
#endif
}

}  // namespace ashlar::arch
