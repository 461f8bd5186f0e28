// Driver of USB network adapters that speak CDC-ECM, "Ethernet Networking Control Model" [ECM]: a
// bulk transfer is a frame.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libs/base/result.h"
#include "libs/events/events.h"
#include "libs/netdev/netdev.h"
#include "libs/usb/ethernet_function.h"
#include "libs/usb/host_controller.h"
#include "libs/usb/usb.h"

namespace ashlar::usb {

/// How many frames the driver has room for, each way.
struct CdcEthernetOptions {
  std::uint16_t receive_buffers = 64;  ///< at least 2
  std::uint16_t transmit_buffers = 16;
};

/// A running adapter. One queue; one transfer at a time each way. Frames that are sent are copied,
/// since controllers want each frame in one piece, and aligned.
class CdcEthernet final : public netdev::NetDevice, private netdev::Queue {
 public:
  /// Bytes of memory that Start() wants.
  static std::size_t MemoryFor(const CdcEthernetOptions& options);

  /// Looks for an Ethernet function in each of the device's configurations, selects it and starts
  /// it. `memory` (aligned to HostController::kAlignment, where the controller reaches it, for ever
  /// its own) holds buffers and this object; `event` is what the controller's interrupts note.
  /// kUnsupported: it is no such adapter. kBroken: it is one that makes no sense. Others: those of
  /// control transfers.
  static Result<CdcEthernet*> Start(const Device& device, std::span<std::byte> memory,
                                    events::Event& event, const CdcEthernetOptions& options = {});

  const netdev::Properties& properties() const override { return properties_; }
  std::span<netdev::Queue* const> queues() override { return queues_; }
  bool link_up() const override { return true; }

 private:
  // More than a frame has, and whole packets of every size.
  static constexpr std::size_t kBufferSize = 2048;

  struct Sent {
    void* cookie;
    std::uint16_t size;
  };
  struct Layout;
  struct Pipes {
    HostController::Pipe in;
    HostController::Pipe out;
  };

  CdcEthernet(HostController& controller, const EthernetFunction& function,
              const netdev::MacAddress& address, const Pipes& pipes, events::Event& event,
              const Layout& layout, const CdcEthernetOptions& options);

  Result<void> Transmit(std::span<const netdev::Fragment> fragments, const netdev::Offload& offload,
                        void* cookie) override;
  void Flush() override;
  bool Poll(netdev::Client& client, std::size_t budget) override;
  void Release(netdev::Buffer& buffer) override;
  bool EnableNotifications() override;
  void DisableNotifications() override;

  std::span<std::byte> SlotAt(std::size_t index) const;
  bool TakeTransmitted(netdev::Client& client);
  bool TakeReceived(netdev::Client& client);
  void StartReceiving();
  void PushFree(netdev::Buffer& buffer);
  void CountFailure(Error error);
  void GiveUp(netdev::Client& client);

  HostController& controller_;
  events::Event& event_;
  Pipes pipes_;
  std::uint16_t max_packet_out_;
  netdev::Properties properties_;
  std::array<netdev::Queue*, 1> queues_ = {this};

  // Buffers to receive into: one is the controller's, some the stack's, the others are free.
  std::byte* receive_memory_;
  netdev::Buffer* descriptions_;
  std::uint16_t receive_count_;
  netdev::Buffer* free_ = nullptr;
  netdev::Buffer* receiving_ = nullptr;
  bool rest_follows_ = false;  // of a frame whose read failed

  // A ring of frames to send, the oldest of which may be under way.
  std::byte* transmit_memory_;
  Sent* sent_;
  std::uint16_t transmit_size_;
  std::uint16_t transmit_head_ = 0;
  std::uint16_t transmit_count_ = 0;
  bool sending_ = false;
  bool sending_end_ = false;  // the empty packet behind a frame of whole packets, or a broken one

  int failures_ = 0;  // one after the other
  bool broken_ = false;
};

}  // namespace ashlar::usb
