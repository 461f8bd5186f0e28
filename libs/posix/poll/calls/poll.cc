// poll and ppoll.
// SPDX-License-Identifier: Apache-2.0
#include "libs/posix/poll/poll.h"

#include <poll.h>
#include <signal.h>

#include "libs/posix/time/time.h"

using namespace ashlar::posix;

extern "C" int poll(pollfd* descriptors, nfds_t count, int timeout_ms) {
  return static_cast<int>(
      Return(Poll(std::span(descriptors, count), FromMilliseconds(timeout_ms))));
}

extern "C" int ppoll(pollfd* descriptors, nfds_t count, const timespec* timeout, const sigset_t*) {
  const auto duration = timeout == nullptr ? kForever : ToDuration(*timeout);
  if (!duration) {
    return Fail(duration.error());
  }
  return static_cast<int>(Return(Poll(std::span(descriptors, count), *duration)));
}
