// select and pselect, in terms of poll.
// SPDX-License-Identifier: Apache-2.0
#include <sys/select.h>

#include "libs/posix/poll/poll.h"
#include "libs/posix/time/time.h"

using namespace ashlar;
using namespace ashlar::posix;

namespace {

bool Contains(int descriptor, const fd_set* set) {
  return set != nullptr && FD_ISSET(descriptor, set);
}

int Select(int limit, fd_set* readable, fd_set* writable, fd_set* exceptional,
           clock::Duration timeout) {
  if (limit < 0 || limit > FD_SETSIZE) {
    return Fail(EINVAL);
  }
  pollfd entries[FD_SETSIZE];
  std::size_t count = 0;
  for (int descriptor = 0; descriptor < limit; ++descriptor) {
    const Readiness events = (Contains(descriptor, readable) ? kReadable : 0) |
                             (Contains(descriptor, writable) ? kWritable : 0) |
                             (Contains(descriptor, exceptional) ? kPriority : 0);
    if (events != 0) {
      if (Find(descriptor) == nullptr) {
        return Fail(EBADF);
      }
      entries[count++] = {.fd = descriptor, .events = static_cast<short>(events), .revents = 0};
    }
  }
  const auto polled = Poll(std::span(entries, count), timeout);
  if (!polled) {
    return Fail(polled.error());
  }
  int ready = 0;
  for (const pollfd& entry : std::span(entries, count)) {
    const auto mark = [&](fd_set* set, int asked, int meaning) {
      if (set == nullptr || (entry.events & asked) == 0) {
        return;
      }
      if ((entry.revents & meaning) != 0) {
        ++ready;
      } else {
        FD_CLR(entry.fd, set);
      }
    };
    mark(readable, POLLIN, POLLIN | POLLHUP | POLLERR);
    mark(writable, POLLOUT, POLLOUT | POLLERR);
    mark(exceptional, POLLPRI, POLLPRI);
  }
  return ready;
}

}  // namespace

extern "C" int select(int limit, fd_set* readable, fd_set* writable, fd_set* exceptional,
                      timeval* timeout) {
  clock::Duration duration = kForever;
  if (timeout != nullptr) {
    if (timeout->tv_sec < 0 || timeout->tv_usec < 0) {
      return Fail(EINVAL);
    }
    duration = std::chrono::seconds(timeout->tv_sec) + std::chrono::microseconds(timeout->tv_usec);
  }
  return Select(limit, readable, writable, exceptional, duration);
}

extern "C" int pselect(int limit, fd_set* readable, fd_set* writable, fd_set* exceptional,
                       const timespec* timeout, const sigset_t*) {
  const auto duration = timeout == nullptr ? kForever : ToDuration(*timeout);
  if (!duration) {
    return Fail(duration.error());
  }
  return Select(limit, readable, writable, exceptional, *duration);
}
