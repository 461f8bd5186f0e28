// The destructors of thread_local objects: run when their thread ends, and by exit() for the thread
// that calls it.
// SPDX-License-Identifier: Apache-2.0
#include "libs/base/check.h"
#include "libs/heap/heap.h"
#include "libs/libc/exit.h"

namespace ashlar::libc {
namespace {

struct Entry {
  void (*destroy)(void*);
  void* object;
  Entry* below;
};

constinit thread_local Entry* top = nullptr;

void RunThreadLocals() {
  while (top != nullptr) {
    Entry* const entry = top;
    top = entry->below;
    entry->destroy(entry->object);
    heap::Free(entry);
  }
}

}  // namespace
}  // namespace ashlar::libc

extern "C" int __cxa_thread_atexit(void (*destroy)(void*), void* object, void* module) {
  using namespace ashlar::libc;
  (void)module;
  auto* const entry = static_cast<Entry*>(ashlar::heap::Allocate(sizeof(Entry)));
  // The compiler ignores what is returned.
  if (entry == nullptr) {
    ashlar::Panic("out of memory: a thread_local object cannot be registered for destruction");
  }
  *entry = {.destroy = destroy, .object = object, .below = top};
  top = entry;
  SetExitStage(ExitStage::kThreadLocals, RunThreadLocals);
  return 0;
}
