// The events of a Linux process without a C library: descriptors that become readable, waited for
// by ppoll.
//
// A table, not an epoll instance: an image has a handful of devices, ppoll takes them in one call
// with a timeout of nanoseconds, and needs no set-up.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "libs/base/result.h"
#include "libs/clock/clock.h"
#include "libs/events/events.h"
#include "libs/linux/linux.h"

namespace ashlar::events {
namespace {

constexpr std::size_t kMaxSources = 64;

// Entry i of both belongs together.
constinit std::array<linux::PollFd, kMaxSources> descriptors = {};
constinit std::array<Event*, kMaxSources> listeners = {};
constinit std::size_t count = 0;

bool AnyPending() {
  for (std::size_t i = 0; i < count; ++i) {
    if (listeners[i]->pending()) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<void> Listen(std::uint32_t source, Event& event) {
  const auto fd = static_cast<std::int32_t>(source);
  for (std::size_t i = 0; i < count; ++i) {
    if (descriptors[i].fd == fd) {
      return std::unexpected(Error::kExists);
    }
  }
  if (count == kMaxSources) {
    return std::unexpected(Error::kNoSpace);
  }
  // The kernel says whether there is such a descriptor.
  linux::PollFd probe = {.fd = fd, .events = 0, .revents = 0};
  constexpr linux::Timespec kNow = {.seconds = 0, .nanoseconds = 0};
  if (fd < 0 || !linux::Poll(std::span(&probe, 1), &kNow).has_value() ||
      (probe.revents & linux::kPollInvalid) != 0) {
    return std::unexpected(Error::kNotFound);
  }
  descriptors[count] = {.fd = fd, .events = linux::kPollIn, .revents = 0};
  listeners[count] = &event;
  ++count;
  return {};
}

Result<Message> AllocateMessage(Event&) { return std::unexpected(Error::kUnsupported); }

void Wait(clock::Instant deadline) {
  if (AnyPending()) {
    return;
  }
  linux::Timespec timeout = {};
  if (deadline != clock::kNever) {
    const std::int64_t left = (deadline - clock::Monotonic::now()).count();
    if (left <= 0) {
      return;
    }
    timeout = {.seconds = left / 1'000'000'000, .nanoseconds = left % 1'000'000'000};
  }
  const Result<int> ready = linux::Poll(std::span(descriptors).first(count),
                                        deadline != clock::kNever ? &timeout : nullptr);
  if (!ready.has_value() || *ready == 0) {
    return;  // The deadline, or a signal: an early return is allowed.
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (descriptors[i].revents != 0) {
      listeners[i]->Note();
      if ((descriptors[i].revents & linux::kPollInvalid) != 0) {
        descriptors[i].fd = -1;  // its device is gone and has closed it: never ready again
      }
    }
  }
}

}  // namespace ashlar::events
