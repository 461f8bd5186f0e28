// pthread_self, pthread_equal, names.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pthread.h>

#include <cstring>

#include "libs/posix/threads/calls/thread_record.h"

using namespace ashlar::posix;

extern "C" pthread_t pthread_self() { return reinterpret_cast<pthread_t>(&CurrentRecord()); }

extern "C" int pthread_equal(pthread_t one, pthread_t other) { return one == other ? 1 : 0; }

extern "C" int pthread_setname_np(pthread_t thread, const char* name) {
  const std::size_t size = std::strlen(name);
  if (size >= kNameSize) {
    return ERANGE;
  }
  std::memcpy(ToRecord(thread).name, name, size + 1);
  return 0;
}

extern "C" int pthread_getname_np(pthread_t thread, char* name, size_t capacity) {
  const ThreadRecord& record = ToRecord(thread);
  const std::size_t size = std::strlen(record.name);
  if (size >= capacity) {
    return ERANGE;
  }
  std::memcpy(name, record.name, size + 1);
  return 0;
}
