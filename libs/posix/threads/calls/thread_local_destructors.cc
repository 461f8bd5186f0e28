// Destructors of C++ thread_local objects: __cxa_thread_atexit [itanium-abi].
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "libs/posix/descriptors/allocation.h"
#include "libs/posix/threads/calls/thread_record.h"

namespace ashlar::posix {
namespace {

struct Destructor {
  void (*function)(void*);
  void* object;
  Destructor* next;
};

constinit thread_local Destructor* latest = nullptr;

}  // namespace

void RunThreadLocalDestructors() {
  while (latest != nullptr) {
    Destructor* const destructor = latest;
    latest = destructor->next;
    destructor->function(destructor->object);
    Delete(destructor);
  }
}

}  // namespace ashlar::posix

extern "C" int __cxa_thread_atexit(void (*function)(void*), void* object, void* /*dso*/) {
  using namespace ashlar::posix;
  // main()'s thread does not end before the image: exit() runs its destructors.
  static constinit bool registered = false;
  if (!registered && CurrentRecord().entry == nullptr) {
    registered = true;
    atexit(&RunThreadLocalDestructors);
  }
  Destructor* const destructor = New<Destructor>(function, object, latest);
  if (destructor == nullptr) {
    return -1;
  }
  latest = destructor;
  return 0;
}
