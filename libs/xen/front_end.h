// What connects a device's driver with its back end: the part of the handshake that all kinds of
// devices have in common.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/xen/abi.h"
#include "libs/xen/channel.h"
#include "libs/xen/device.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/peer.h"
#include "libs/xen/resources.h"
#include "libs/xen/store.h"

namespace ashlar::xen {

/// One device, for as long as the image lives once it has started.
class FrontEnd {
 public:
  FrontEnd(const FrontEnd&) = delete;
  FrontEnd& operator=(const FrontEnd&) = delete;

  /// Connects for the first time. An error: there is no such device. Its back end may go then, and
  /// raises no event that nobody takes; what was granted stays, and its memory: they may be mapped.
  Result<void> Start();
  /// This domain was restored, its store works, and its back ends are new ones: connects again.
  /// Where that fails the device is out of use, which is logged.
  void Restore();

 protected:
  /// What a kind of devices differs from others by.
  struct Kind {
    std::string_view name;     ///< the store's
    std::string_view library;  ///< the log's
    DeviceState ready;         ///< once the rings are there
  };

  FrontEnd(Store& store, Resources& resources, const Kind& kind, std::uint64_t number)
      : resources_(resources), kind_(kind), number_(number), device_(store, kind.name, number) {}
  ~FrontEnd() = default;

  std::uint64_t number() const { return number_; }
  Resources& resources() { return resources_; }
  Device& device() { return device_; }
  events::Event& event() { return event_; }
  Doorbell& doorbell() { return channel_; }

 private:
  // The steps of a handshake, each at the start and again after a restore.

  /// The back end waits for the front end: looks what it has, and makes the driver if there is
  /// none.
  virtual Result<void> Prepare() = 0;
  /// Makes new rings for `peer`, and names them in the store.
  virtual Result<void> Share(const Peer& peer) = 0;
  /// The back end is connected.
  virtual Result<void> Complete() = 0;

  /// All grants are gone: this domain was restored.
  virtual void Restart() {}
  /// The driver that was made has no back end any more.
  virtual void GiveUp() = 0;

  Result<void> Connect();
  void Close();

  Resources& resources_;
  const Kind kind_;
  const std::uint64_t number_;
  Device device_;
  events::Event event_;
  Channel channel_{resources_, event_};
};

}  // namespace ashlar::xen
