// The calling thread's record, and those of threads that pthread_create() did not make.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/threads/calls/thread_record.h"

namespace ashlar::posix {

constinit thread_local ThreadRecord* current_record = nullptr;

ThreadRecord& CurrentRecord() {
  static constinit thread_local ThreadRecord foreign;
  if (current_record == nullptr) [[unlikely]] {
    foreign.thread = &scheduler::Current();
    foreign.detached = true;
    current_record = &foreign;
  }
  return *current_record;
}

}  // namespace ashlar::posix
