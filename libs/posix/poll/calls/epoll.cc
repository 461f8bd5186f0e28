// epoll_create, epoll_ctl, epoll_wait and their kin. There are no signals, so masks change nothing.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/poll/epoll.h"

#include <sys/epoll.h>

#include "libs/posix/poll/poll.h"
#include "libs/posix/time/time.h"

using namespace ashlar;
using namespace ashlar::posix;

namespace {

Outcome<int> Create(bool close_on_exec) {
  Epoll* const epoll = ASHLAR_TRY(Epoll::Create());
  epoll->Retain();
  const auto number = Install(*epoll, close_on_exec);
  epoll->Release();
  return number;
}

Outcome<Epoll*> FindEpoll(int descriptor) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Failure(EBADF);
  }
  if (file->kind() != FileKind::kEpoll) {
    return Failure(EINVAL);
  }
  return static_cast<Epoll*>(file);
}

int Wait(int descriptor, epoll_event* events, int capacity, clock::Duration timeout) {
  const auto epoll = FindEpoll(descriptor);
  if (!epoll) {
    return Fail(epoll.error());
  }
  if (capacity <= 0) {
    return Fail(EINVAL);
  }
  return static_cast<int>(
      Return((*epoll)->Wait(std::span(events, static_cast<size_t>(capacity)), timeout)));
}

Outcome<void> Control(int number, int operation, int descriptor, const epoll_event* event) {
  File* const file = Find(descriptor);
  if (file == nullptr) {
    return Failure(EBADF);
  }
  Epoll* const epoll = ASHLAR_TRY(FindEpoll(number));
  if (event == nullptr && operation != EPOLL_CTL_DEL) {
    return Failure(EFAULT);
  }
  switch (operation) {
    case EPOLL_CTL_ADD:
      return epoll->Add(descriptor, *file, *event);
    case EPOLL_CTL_MOD:
      return epoll->Modify(descriptor, *file, *event);
    case EPOLL_CTL_DEL:
      return epoll->Remove(descriptor, *file);
    default:
      return Failure(EINVAL);
  }
}

}  // namespace

extern "C" int epoll_create(int size) {
  return size <= 0 ? Fail(EINVAL) : static_cast<int>(Return(Create(false)));
}

extern "C" int epoll_create1(int flags) {
  if ((flags & ~EPOLL_CLOEXEC) != 0) {
    return Fail(EINVAL);
  }
  return static_cast<int>(Return(Create(flags != 0)));
}

extern "C" int epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event) {
  return static_cast<int>(Return(Control(epoll, operation, descriptor, event)));
}

extern "C" int epoll_wait(int epoll, epoll_event* events, int capacity, int timeout_ms) {
  return Wait(epoll, events, capacity, FromMilliseconds(timeout_ms));
}

extern "C" int epoll_pwait(int epoll, epoll_event* events, int capacity, int timeout_ms,
                           const sigset_t*) {
  return Wait(epoll, events, capacity, FromMilliseconds(timeout_ms));
}

extern "C" int epoll_pwait2(int epoll, epoll_event* events, int capacity, const timespec* timeout,
                            const sigset_t*) {
  const auto duration = timeout == nullptr ? kForever : ToDuration(*timeout);
  if (!duration) {
    return Fail(duration.error());
  }
  return Wait(epoll, events, capacity, *duration);
}
