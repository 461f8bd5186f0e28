// eventfd.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libs/posix/poll/event_counter.h"

using namespace ashlar::posix;

namespace {

Outcome<int> Create(unsigned initial, int flags) {
  if ((flags & ~(EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC)) != 0) {
    return Failure(EINVAL);
  }
  EventCounter* const counter = ASHLAR_TRY(EventCounter::Create(
      initial, (flags & EFD_SEMAPHORE) != 0, (flags & EFD_NONBLOCK) != 0 ? O_NONBLOCK : 0));
  counter->Retain();
  const auto number = Install(*counter, (flags & EFD_CLOEXEC) != 0);
  counter->Release();
  return number;
}

}  // namespace

extern "C" int eventfd(unsigned initial, int flags) {
  return static_cast<int>(Return(Create(initial, flags)));
}

extern "C" int eventfd_read(int descriptor, eventfd_t* value) {
  return read(descriptor, value, sizeof(*value)) == sizeof(*value) ? 0 : -1;
}

extern "C" int eventfd_write(int descriptor, eventfd_t value) {
  return write(descriptor, &value, sizeof(value)) == sizeof(value) ? 0 : -1;
}
