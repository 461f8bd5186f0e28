// Access to memory that a device reads and writes at the same time.
//
// Every access is one load or store of its width: the compiler can neither repeat nor split it, so
// what was validated is what is used. Devices see main memory coherently on the CPUs that Ashlar
// knows.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <concepts>

namespace ashlar::virtio {

/// One load, in no particular order.
template <std::unsigned_integral T>
T LoadOnce(const T& shared) {
  return __atomic_load_n(&shared, __ATOMIC_RELAXED);
}

/// One store, in no particular order.
template <std::unsigned_integral T>
void StoreOnce(T& shared, T value) {
  __atomic_store_n(&shared, value, __ATOMIC_RELAXED);
}

/// One load; what the device wrote before it stored this value is seen by everything after.
template <std::unsigned_integral T>
T LoadFromDevice(const T& shared) {
  return __atomic_load_n(&shared, __ATOMIC_ACQUIRE);
}

/// One store; the device that sees it sees everything written before.
template <std::unsigned_integral T>
void StoreToDevice(T& shared, T value) {
  __atomic_store_n(&shared, value, __ATOMIC_RELEASE);
}

/// Between a store of ours and a load of what the device stored: either the device sees our store,
/// or we see its. Both sides have it between "here is something" and "does the other side want to
/// be told?" [virtio-1.2 §2.7.13.4.1].
inline void StoreBeforeLoad() { std::atomic_thread_fence(std::memory_order_seq_cst); }

}  // namespace ashlar::virtio
