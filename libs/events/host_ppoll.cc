// The events of a Linux process that has a C library: file descriptors, waited for with ppoll. For
// unit tests.
// SPDX-License-Identifier: Apache-2.0
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>

#include "libs/base/result.h"
#include "libs/clock/clock.h"
#include "libs/events/events.h"

namespace ashlar::events {
namespace {

constexpr std::size_t kMaxSources = 16;

constinit pollfd sources[kMaxSources] = {};
constinit Event* listeners[kMaxSources] = {};
constinit std::size_t count = 0;

}  // namespace

Result<void> Listen(std::uint32_t source, Event& event) {
  pollfd probe{.fd = static_cast<int>(source), .events = POLLIN, .revents = 0};
  if (poll(&probe, 1, 0) < 0 || (probe.revents & POLLNVAL) != 0) {
    return std::unexpected(Error::kNotFound);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (sources[i].fd == probe.fd) {
      return std::unexpected(Error::kExists);
    }
  }
  if (count == kMaxSources) {
    return std::unexpected(Error::kNoSpace);
  }
  sources[count] = {.fd = probe.fd, .events = POLLIN, .revents = 0};
  listeners[count++] = &event;
  return {};
}

Result<Message> AllocateMessage(Event&) { return std::unexpected(Error::kUnsupported); }

void Wait(clock::Instant deadline) {
  for (std::size_t i = 0; i < count; ++i) {
    if (listeners[i]->pending()) {
      return;
    }
  }
  timespec timeout{};
  if (deadline != clock::kNever) {
    const clock::Duration left =
        std::max(deadline - clock::Monotonic::now(), clock::Duration::zero());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    timeout.tv_sec = seconds.count();
    timeout.tv_nsec = (left - seconds).count();
  }
  if (ppoll(sources, count, deadline == clock::kNever ? nullptr : &timeout, nullptr) <= 0) {
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (sources[i].revents != 0) {
      listeners[i]->Note();
    }
    // Closed meanwhile: it would end every wait from now on.
    if ((sources[i].revents & POLLNVAL) != 0) {
      sources[i].fd = -1;
    }
  }
}

}  // namespace ashlar::events
