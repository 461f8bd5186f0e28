// sem_*: semaphores without names.
// SPDX-License-Identifier: Apache-2.0
#include <semaphore.h>
#include <time.h>

#include <new>

#include "libs/posix/descriptors/descriptors.h"
#include "libs/posix/threads/locks.h"
#include "libs/posix/time/time.h"

using namespace ashlar::posix;

static_assert(sizeof(CountingSemaphore) <= sizeof(sem_t));

namespace {

CountingSemaphore& From(sem_t* semaphore) {
  return *reinterpret_cast<CountingSemaphore*>(semaphore);
}

int ToC(int error) { return error == 0 ? 0 : Fail(error); }

}  // namespace

extern "C" int sem_init(sem_t* semaphore, int, unsigned value) {
  if (value > SEM_VALUE_MAX) {
    return Fail(EINVAL);
  }
  ::new (semaphore) CountingSemaphore(value);
  return 0;
}
extern "C" int sem_destroy(sem_t*) { return 0; }
extern "C" int sem_wait(sem_t* semaphore) { return ToC(From(semaphore).Wait()); }
extern "C" int sem_trywait(sem_t* semaphore) { return ToC(From(semaphore).TryWait()); }
extern "C" int sem_post(sem_t* semaphore) { return ToC(From(semaphore).Post()); }
extern "C" int sem_getvalue(sem_t* semaphore, int* value) {
  *value = static_cast<int>(From(semaphore).value());
  return 0;
}

extern "C" int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* deadline) {
  if (From(semaphore).TryWait() == 0) {
    return 0;
  }
  const auto instant = ToInstant(clock, *deadline);
  return instant ? ToC(From(semaphore).Wait(*instant)) : Fail(instant.error());
}
extern "C" int sem_timedwait(sem_t* semaphore, const timespec* deadline) {
  return sem_clockwait(semaphore, CLOCK_REALTIME, deadline);
}
