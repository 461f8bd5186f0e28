// timerfd_create, timerfd_settime and timerfd_gettime.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/timerfd.h>

#include "libs/posix/poll/timer_file.h"
#include "libs/posix/time/time.h"

using namespace ashlar;
using namespace ashlar::posix;

namespace {

Outcome<int> Create(clockid_t clock, int flags) {
  if ((flags & ~(TFD_NONBLOCK | TFD_CLOEXEC)) != 0) {
    return Failure(EINVAL);
  }
  (void)ASHLAR_TRY(Now(clock));
  TimerFile* const file =
      ASHLAR_TRY(TimerFile::Create(clock, (flags & TFD_NONBLOCK) != 0 ? O_NONBLOCK : 0));
  file->Retain();
  const auto number = Install(*file, (flags & TFD_CLOEXEC) != 0);
  file->Release();
  return number;
}

Outcome<TimerFile*> FindTimer(int descriptor) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Failure(EBADF);
  }
  if (file->kind() != FileKind::kTimer) {
    return Failure(EINVAL);
  }
  return static_cast<TimerFile*>(file);
}

itimerspec ToC(const TimerFile::Setting& setting) {
  itimerspec result = {};
  result.it_interval = ToTimespec(setting.interval);
  if (setting.left != kForever) {
    result.it_value = ToTimespec(setting.left);
  }
  return result;
}

Outcome<void> Set(int descriptor, int flags, const itimerspec& value, itimerspec* old) {
  TimerFile* const file = ASHLAR_TRY(FindTimer(descriptor));
  const clock::Duration interval = ASHLAR_TRY(ToDuration(value.it_interval));
  const clock::Duration first = ASHLAR_TRY(ToDuration(value.it_value));
  clock::Instant deadline = clock::kNever;
  if (first != clock::Duration::zero()) {
    deadline = (flags & TFD_TIMER_ABSTIME) != 0
                   ? ASHLAR_TRY(ToInstant(file->clock(), value.it_value))
                   : DeadlineAfter(first);
  }
  if (old != nullptr) {
    *old = ToC(file->setting());
  }
  file->Set(deadline, interval);
  return {};
}

}  // namespace

extern "C" int timerfd_create(int clock, int flags) {
  return static_cast<int>(Return(Create(static_cast<clockid_t>(clock), flags)));
}

extern "C" int timerfd_settime(int descriptor, int flags, const itimerspec* value,
                               itimerspec* old) {
  return static_cast<int>(Return(Set(descriptor, flags, *value, old)));
}

extern "C" int timerfd_gettime(int descriptor, itimerspec* value) {
  const auto file = FindTimer(descriptor);
  if (!file) {
    return Fail(file.error());
  }
  *value = ToC((*file)->setting());
  return 0;
}
