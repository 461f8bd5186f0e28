// An event channel to a device's back end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/xen/doorbell.h"
#include "libs/xen/resources.h"

namespace ashlar::xen {

class Channel final : public Doorbell {
 public:
  /// Its events note `event`.
  constexpr Channel(Resources& resources, events::Event& event)
      : resources_(resources), event_(event) {}

  /// Makes the channel, for `domain` to bind. kNoSpace: there are too many.
  Result<void> Open(std::uint16_t domain) {
    port_ = ASHLAR_TRY(resources_.OpenPort(domain, event_));
    return {};
  }
  /// There are no events of it any more. Nothing, if it is not open.
  void Close() {
    if (const std::uint32_t port = std::exchange(port_, 0); port != 0) {
      resources_.ClosePort(port, event_);
    }
  }
  /// It is gone, since this domain was restored: its number may be another's by now.
  void Forget() { port_ = 0; }
  void Ring() override { resources_.Notify(port_); }

  std::uint32_t port() const { return port_; }

 private:
  Resources& resources_;
  events::Event& event_;
  std::uint32_t port_ = 0;  // none: Xen keeps port 0 for itself
};

}  // namespace ashlar::xen
