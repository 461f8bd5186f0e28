// Instructions that steer the CPU: interrupts on and off, halting, the time-stamp counter,
// barriers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ashlar::x86_64 {

/// Tells the CPU that this is a spin loop.
inline void Pause() { asm volatile("pause"); }

/// Stops taking interrupts.
inline void DisableInterrupts() { asm volatile("cli" : : : "memory"); }

/// Takes interrupts and sleeps until one was handled, then takes no more. An interrupt that is
/// pending already is handled first and ends the sleep: STI takes effect only after HLT began [SDM
/// STI].
inline void SleepUntilInterrupt() { asm volatile("sti; hlt; cli" : : : "memory"); }

/// Stops this CPU for good.
[[noreturn]] inline void HaltForever() {
  while (true) {
    asm volatile("cli; hlt" : : : "memory");
  }
}

/// The time-stamp counter. Not ordered with the instructions around it.
inline std::uint64_t ReadTsc() {
  std::uint32_t low;
  std::uint32_t high;
  asm volatile("rdtsc" : "=a"(low), "=d"(high));
  return std::uint64_t{high} << 32 | low;
}

/// The time-stamp counter, read after all earlier loads [SDM RDTSC].
inline std::uint64_t ReadTscAfterLoads() {
  std::uint32_t low;
  std::uint32_t high;
  asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
  return std::uint64_t{high} << 32 | low;
}

/// Orders this CPU's earlier stores before its later loads, as another CPU or a device sees them:
/// the one order that x86 does not keep by itself [SDM 3 §9.2].
inline void OrderStoresBeforeLoads() { asm volatile("mfence" : : : "memory"); }

}  // namespace ashlar::x86_64
