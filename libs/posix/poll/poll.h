// Waiting for one of several descriptors: what poll() and select() stand on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <span>

#include "libs/posix/descriptors/descriptors.h"

namespace ashlar::posix {

/// Fills in what each descriptor is ready for, and returns how many are ready for something; sleeps
/// until there is one, at most for `timeout` (0: no sleep, but the event loop runs once if nothing
/// is ready). ENOMEM: too many to watch.
Outcome<int> Poll(std::span<pollfd> descriptors, clock::Duration timeout);

/// An int of milliseconds as poll() and epoll_wait() take it: negative is for ever.
inline clock::Duration FromMilliseconds(int timeout) {
  return timeout < 0 ? kForever : clock::Duration(std::chrono::milliseconds(timeout));
}

/// A file's readiness as event bits of poll() and epoll, which have second names for some.
inline constexpr Readiness kReadableAlias = 0x040;  // POLLRDNORM
inline constexpr Readiness kWritableAlias = 0x100;  // POLLWRNORM
constexpr Readiness ToEvents(Readiness readiness) {
  return readiness | (readiness & kReadable) << 6 | (readiness & kWritable) << 6;
}
/// The bits of a file that event bits ask for.
constexpr Readiness FromEvents(Readiness events) {
  return (events & 0xffff) | (events & kReadableAlias) >> 6 | (events & kWritableAlias) >> 6;
}
static_assert(ToEvents(kReadable) == (kReadable | kReadableAlias) &&
              ToEvents(kWritable) == (kWritable | kWritableAlias));
static_assert(kReadable == POLLIN && kPriority == POLLPRI && kWritable == POLLOUT &&
              kError == POLLERR && kHangUp == POLLHUP && kReadableAlias == POLLRDNORM &&
              kWritableAlias == POLLWRNORM);

/// Lets the event loop and other threads run once in a while, in a program that always finds
/// something ready and so never sleeps. Called each time something was ready.
void NoteBusy();

}  // namespace ashlar::posix
