// One network interface: a netdev on one side, lwIP's netif on the other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/event_loop/event_loop.h"
#include "libs/net/net.h"
#include "libs/netdev/netdev.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"

namespace ashlar::net {

class Interface final : public event_loop::Poller, public netdev::Client {
 public:
  constexpr Interface() = default;

  /// Joins `device` to lwIP, up but without an address, and to the event loop. Once.
  void Attach(netdev::NetDevice& device);

  netif& lwip() { return netif_; }
  InterfaceStatus Describe() const;

  /// Tells the device of what was queued.
  void Flush();
  /// Tells lwIP if the carrier came or went.
  void CheckLink();

  // event_loop::Poller
  bool Poll() override;
  bool PrepareToWait() override;

  // netdev::Client
  void Received(netdev::Buffer& first, std::size_t frame_size, bool checksum_verified) override;
  void Transmitted(void* cookie) override;

 private:
  static err_t Initialize(netif* interface);
  static err_t Output(netif* interface, pbuf* frame);
  static void FreeReceived(pbuf* buffer);

  err_t Send(pbuf* frame);
  pbuf* Wrap(netdev::Buffer& first, std::size_t frame_size);
  pbuf* Copy(const netdev::Buffer& first, std::size_t frame_size);
  void ReleaseAll(netdev::Buffer* buffer);

  netif netif_ = {};
  netdev::NetDevice* device_ = nullptr;
  netdev::Queue* queue_ = nullptr;
  std::size_t held_ = 0;       // received buffers that lwIP or a socket holds
  std::size_t unflushed_ = 0;  // frames transmitted since the last Flush
  bool starved_ = false;       // the device took no frame: try again when it is done with some
  bool notifications_ = true;
  std::uint64_t received_frames_ = 0;
  std::uint64_t received_bytes_ = 0;
  std::uint64_t dropped_frames_ = 0;
  std::uint64_t sent_frames_ = 0;
  std::uint64_t sent_bytes_ = 0;
};

}  // namespace ashlar::net
