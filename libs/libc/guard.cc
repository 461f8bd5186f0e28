// The guards of function-local statics: initialised once, and a second thread waits for the first.
//
// The bytes of a guard [itanium-abi §3.3.3]: the first says whether the object is there (the
// compiler looks at it before it calls), the second is ours. The upper half holds the thread that
// initialises, to tell recursion from waiting.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "libs/base/check.h"
#include "libs/libc/thread_hooks.h"

namespace {

struct Guard {
  std::uint8_t is_initialized;
  std::uint8_t is_busy;
  std::uint16_t unused;
  std::uint32_t thread;
};
static_assert(sizeof(Guard) == 8);

// One queue for all guards: waiting for one is rare, and a thread that wakes looks again.
constinit ashlar::libc::WaitQueue waiters = {};

// Threads' storage lies 16 bytes apart at least, in the first 64 GiB; what lies beyond is only told
// apart less well.
std::uint32_t ThreadNumber() {
  return static_cast<std::uint32_t>(
      reinterpret_cast<std::uintptr_t>(ashlar::libc::CurrentThread()) >> 4);
}

void Finish(Guard& guard, bool initialized) {
  guard.is_initialized = initialized ? 1 : 0;
  guard.is_busy = 0;
  while (waiters.first != nullptr) {
    ashlar::libc::WakeFirst(waiters);
  }
}

}  // namespace

/// 1: the caller initialises, and calls one of the other two. 0: the object is there.
extern "C" int __cxa_guard_acquire(Guard* guard) {
  while (guard->is_initialized == 0) {
    if (guard->is_busy == 0) {
      guard->is_busy = 1;
      guard->thread = ThreadNumber();
      return 1;
    }
    if (guard->thread == ThreadNumber()) {
      ashlar::Panic("a function-local static was reached again while it was being initialised");
    }
    ashlar::libc::Wait(waiters);
  }
  return 0;
}

extern "C" void __cxa_guard_release(Guard* guard) { Finish(*guard, true); }

extern "C" void __cxa_guard_abort(Guard* guard) { Finish(*guard, false); }
