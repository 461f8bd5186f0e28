// Instructions that steer the CPU: sleeping, the generic timer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::aarch64 {

/// Sleeps until an interrupt is pending, which is at once if one is already. The interrupt is taken
/// only if PSTATE lets it [ARM D1.6.2]; here nothing ever lets it: who sleeps asks the interrupt
/// controller what it was.
inline void WaitForInterrupt() { asm volatile("dsb sy\n\twfi" : : : "memory"); }

/// Stops this CPU for good.
[[noreturn]] inline void HaltForever() {
  while (true) {
    WaitForInterrupt();
  }
}

/// Ticks a second of the generic timer's counter, as firmware noted it down [ARM D12.1.1].
inline std::uint64_t CounterHertz() {
  std::uint64_t value;
  asm volatile("mrs %0, cntfrq_el0" : "=r"(value));
  return value;
}

/// The generic timer's virtual counter, not read ahead of what comes before.
inline std::uint64_t ReadCounter() {
  std::uint64_t value;
  asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value) : : "memory");
  return value;
}

/// Has the virtual timer's interrupt pend from when the counter reaches `value` until the timer is
/// set anew or stopped.
inline void SetTimer(std::uint64_t value) {
  asm volatile("msr cntv_cval_el0, %0\n\tmsr cntv_ctl_el0, %1\n\tisb"
               :
               : "r"(value), "r"(std::uint64_t{1})
               : "memory");
}
inline void StopTimer() { asm volatile("msr cntv_ctl_el0, xzr\n\tisb" : : : "memory"); }

}  // namespace ashlar::aarch64
