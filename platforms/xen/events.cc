// The events of a Xen domain: event channels, polled by Xen while the domain sleeps.
//
// Xen has no need to interrupt us (docs/decisions/0009): all channels stay masked, no upcall is
// ever set up. A sleep names the channels and the deadline, and the bits that Xen sets in the
// shared page say what happened.
// SPDX-License-Identifier: Apache-2.0
#include "libs/events/events.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "libs/base/result.h"
#include "libs/clock/clock.h"
#include "libs/xen/abi.h"
#include "libs/xen/event_channels.h"
#include "libs/xen/hypercall.h"
#include "platforms/xen/restore.h"
#include "platforms/xen/shared_info.h"

namespace ashlar::events {
namespace {

// SCHEDOP_poll takes up to 128.
constexpr std::size_t kCapacity = 64;

constinit std::array<std::uint32_t, kCapacity> ports = {};
constinit std::array<Event*, kCapacity> listeners = {};
constinit std::size_t count = 0;

// Notes what happened. Whether anything is pending.
bool NotePending() {
  if (count == 0) {
    return false;
  }
  xen::SharedInfo& shared = *xen::FindSharedInfo();  // Listen() has found it
  bool any = false;
  for (std::size_t i = 0; i < count; ++i) {
    if (xen::TakePending(shared, ports[i])) {
      listeners[i]->Note();
    }
    any |= listeners[i]->pending();
  }
  return any;
}

}  // namespace

Result<void> Listen(std::uint32_t source, Event& event) {
  if (source >= xen::kMaxPorts) {
    return std::unexpected(Error::kNotFound);
  }
  if (std::ranges::contains(std::span(ports).first(count), source)) {
    return std::unexpected(Error::kExists);
  }
  if (count == kCapacity) {
    return std::unexpected(Error::kNoSpace);
  }
  if (xen::FindSharedInfo() == nullptr) {
    return std::unexpected(Error::kUnsupported);
  }
  ports[count] = source;
  listeners[count] = &event;
  ++count;
  return {};
}

Result<Message> AllocateMessage(Event&) { return std::unexpected(Error::kUnsupported); }

void Wait(clock::Instant deadline) {
  if (NotePending() || (deadline != clock::kNever && deadline <= clock::Monotonic::now())) {
    return;
  }
  // The clock is the domain's system time, and zero, which means no deadline to Xen, has passed.
  const std::int64_t timeout =
      deadline == clock::kNever ? 0 : deadline.time_since_epoch().count() - xen::ClockOffset();
  (void)xen::Poll(std::span(ports).first(count), static_cast<std::uint64_t>(timeout));
  (void)NotePending();
}

}  // namespace ashlar::events

namespace ashlar::xen {

void ForgetPorts() { events::count = 0; }

void StopListening(const events::Event& event) {
  for (std::size_t i = 0; i < events::count; ++i) {
    if (events::listeners[i] == &event) {
      --events::count;
      events::listeners[i] = events::listeners[events::count];
      events::ports[i] = events::ports[events::count];
      return;
    }
  }
}

}  // namespace ashlar::xen
