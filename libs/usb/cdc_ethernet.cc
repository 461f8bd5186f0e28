// Sends and receives frames as bulk transfers.
// SPDX-License-Identifier: Apache-2.0
#include "libs/usb/cdc_ethernet.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <new>
#include <optional>
#include <span>
#include <string_view>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/events/events.h"
#include "libs/log/log.h"
#include "libs/netdev/netdev.h"
#include "libs/usb/descriptors.h"
#include "libs/usb/ethernet_function.h"
#include "libs/usb/host_controller.h"
#include "libs/usb/usb.h"

namespace ashlar::usb {
namespace {

constexpr std::size_t kEthernetHeader = 14;
constexpr std::uint16_t kUsualMtu = 1500;
// The least that IPv4 asks of a network [RFC 791].
constexpr std::uint16_t kLeastMtu = 68;
constexpr std::uint16_t kMostFragments = 32;

// Failed transfers one after the other until the adapter is given up: the bus may err now and then.
constexpr int kMostFailures = 16;

// Says which frames are wanted [ECM §6.2.4].
constexpr std::uint8_t kClassRequestToInterface = 0x21;
constexpr std::uint8_t kSetPacketFilter = 0x43;
constexpr std::uint16_t kAllMulticast = 1 << 1;
constexpr std::uint16_t kDirected = 1 << 2;
constexpr std::uint16_t kBroadcast = 1 << 3;

// The first configuration that has an Ethernet function, selected.
Result<EthernetFunction> Configure(const Device& device) {
  std::array<std::byte, 512> buffer;
  for (std::uint8_t i = 0; i < device.descriptor().configurations; ++i) {
    const auto bytes = ASHLAR_TRY(device.ReadConfiguration(i, buffer));
    if (const std::optional<EthernetFunction> function = FindEthernetFunction(bytes)) {
      const ConfigurationDescriptor head = ASHLAR_TRY(ReadConfigurationDescriptor(bytes));
      ASHLAR_TRY(device.Configure(head.value));
      return *function;
    }
  }
  return std::unexpected(Error::kUnsupported);
}

}  // namespace

// The parts of the memory; with a null pointer only their size.
struct CdcEthernet::Layout {
  Layout(std::byte* memory, const CdcEthernetOptions& options) {
    const auto cut = [&](std::size_t bytes, std::size_t alignment) {
      size = AlignUp(size, alignment);
      std::byte* const part = memory == nullptr ? nullptr : memory + size;
      size += bytes;
      return part;
    };
    receive = cut(options.receive_buffers * kBufferSize, HostController::kAlignment);
    transmit = cut(options.transmit_buffers * kBufferSize, HostController::kAlignment);
    descriptions = cut(options.receive_buffers * sizeof(netdev::Buffer), alignof(netdev::Buffer));
    sent = cut(options.transmit_buffers * sizeof(Sent), alignof(Sent));
    object = cut(sizeof(CdcEthernet), alignof(CdcEthernet));
  }

  std::byte* receive;
  std::byte* transmit;
  std::byte* descriptions;
  std::byte* sent;
  std::byte* object;
  std::size_t size = 0;
};

std::size_t CdcEthernet::MemoryFor(const CdcEthernetOptions& options) {
  return Layout(nullptr, options).size;
}

Result<CdcEthernet*> CdcEthernet::Start(const Device& device, std::span<std::byte> memory,
                                        events::Event& event, const CdcEthernetOptions& options) {
  ASHLAR_CHECK(memory.size() >= MemoryFor(options));
  ASHLAR_CHECK(options.receive_buffers >= 2 && options.transmit_buffers >= 1);
  const EthernetFunction function = ASHLAR_TRY(Configure(device));
  if (function.max_segment < kEthernetHeader + kLeastMtu) {
    return std::unexpected(Error::kBroken);
  }
  std::array<char, 2 * sizeof(netdev::MacAddress)> digits;
  const auto string = ASHLAR_TRY(device.ReadString(function.address_string, digits));
  const auto address = ReadMacAddress(std::string_view(string.data(), string.size()));
  if (!address) {
    return std::unexpected(Error::kBroken);
  }
  ASHLAR_TRY(device.SelectAlternate(function.data_interface, function.alternate));
  ASHLAR_TRY(device.Request(kClassRequestToInterface, kSetPacketFilter,
                            kAllMulticast | kDirected | kBroadcast, function.control_interface));
  HostController& controller = device.controller();
  const Pipes pipes = {.in = ASHLAR_TRY(controller.OpenBulk(device.link(), function.in)),
                       .out = ASHLAR_TRY(controller.OpenBulk(device.link(), function.out))};
  const Layout layout(memory.data(), options);
  return new (layout.object)
      CdcEthernet(controller, function, *address, pipes, event, layout, options);
}

CdcEthernet::CdcEthernet(HostController& controller, const EthernetFunction& function,
                         const netdev::MacAddress& address, const Pipes& pipes,
                         events::Event& event, const Layout& layout,
                         const CdcEthernetOptions& options)
    : controller_(controller),
      event_(event),
      pipes_(pipes),
      max_packet_out_(function.out.max_packet),
      receive_memory_(layout.receive),
      descriptions_(reinterpret_cast<netdev::Buffer*>(layout.descriptions)),
      receive_count_(options.receive_buffers),
      transmit_memory_(layout.transmit),
      sent_(reinterpret_cast<Sent*>(layout.sent)),
      transmit_size_(options.transmit_buffers) {
  properties_.mac_address = address;
  properties_.mtu = std::min<std::uint16_t>(
      kUsualMtu, static_cast<std::uint16_t>(function.max_segment - kEthernetHeader));
  properties_.max_fragments = kMostFragments;
  for (std::uint16_t i = 0; i < transmit_size_; ++i) {
    new (&sent_[i]) Sent{};
  }
  for (std::uint16_t i = receive_count_; i-- > 0;) {
    PushFree(*new (&descriptions_[i]) netdev::Buffer{});
  }
  StartReceiving();
}

// Sending.

std::span<std::byte> CdcEthernet::SlotAt(std::size_t index) const {
  return {transmit_memory_ + index * kBufferSize, kBufferSize};
}

Result<void> CdcEthernet::Transmit(std::span<const netdev::Fragment> fragments,
                                   const netdev::Offload& offload, void* cookie) {
  if (broken_) [[unlikely]] {
    return std::unexpected(Error::kBroken);
  }
  std::size_t size = 0;
  for (const netdev::Fragment& fragment : fragments) {
    size += fragment.size();
  }
  if (fragments.size() > kMostFragments || offload.checksum ||
      offload.segmentation != netdev::Offload::Segmentation::kNone || size < kEthernetHeader ||
      size > kEthernetHeader + properties_.mtu) [[unlikely]] {
    return std::unexpected(Error::kInvalidArgument);
  }
  if (transmit_count_ == transmit_size_) [[unlikely]] {
    return std::unexpected(Error::kWouldBlock);
  }
  const std::size_t slot = (std::size_t{transmit_head_} + transmit_count_) % transmit_size_;
  std::byte* to = SlotAt(slot).data();
  for (const netdev::Fragment& fragment : fragments) {
    to = std::ranges::copy(fragment, to).out;
  }
  sent_[slot] = {cookie, static_cast<std::uint16_t>(size)};
  ++transmit_count_;
  return {};
}

void CdcEthernet::Flush() {
  if (broken_ || sending_ || transmit_count_ == 0) {
    return;
  }
  const std::size_t size = sending_end_ ? 0 : sent_[transmit_head_].size;
  const auto started = controller_.Start(pipes_.out, SlotAt(transmit_head_).first(size));
  if (started) {
    sending_ = true;
  } else {
    CountFailure(started.error());
  }
}

bool CdcEthernet::TakeTransmitted(netdev::Client& client) {
  if (!sending_) {
    return false;
  }
  const Result<std::size_t> done = controller_.Finish(pipes_.out);
  if (done == std::unexpected(Error::kWouldBlock)) {
    return false;
  }
  sending_ = false;
  // A frame that did not get through is lost, as on any wire.
  const Sent frame = sent_[transmit_head_];
  if (done) {
    failures_ = 0;
  } else {
    CountFailure(done.error());
  }
  // An empty packet ends what is made of whole packets alone, and what got through in part: the
  // device would take the next frame for the rest.
  if (!sending_end_ && (!done || frame.size % max_packet_out_ == 0)) {
    sending_end_ = true;
    Flush();
    return true;
  }
  sending_end_ = false;
  transmit_head_ = static_cast<std::uint16_t>((transmit_head_ + 1u) % transmit_size_);
  --transmit_count_;
  Flush();
  client.Transmitted(frame.cookie);
  return true;
}

// Receiving.

void CdcEthernet::StartReceiving() {
  if (broken_ || receiving_ != nullptr || free_ == nullptr) {
    return;
  }
  const auto index = static_cast<std::size_t>(free_ - descriptions_);
  const std::span<std::byte> bytes(receive_memory_ + index * kBufferSize, kBufferSize);
  const auto started = controller_.Start(pipes_.in, bytes);
  if (!started) {
    CountFailure(started.error());
    return;
  }
  receiving_ = free_;
  free_ = free_->next;
  *receiving_ = {.bytes = bytes};
}

bool CdcEthernet::TakeReceived(netdev::Client& client) {
  if (receiving_ == nullptr) {
    return false;
  }
  const Result<std::size_t> done = controller_.Finish(pipes_.in);
  if (done == std::unexpected(Error::kWouldBlock)) {
    return false;
  }
  netdev::Buffer& buffer = *receiving_;
  receiving_ = nullptr;
  const bool rest = rest_follows_;
  rest_follows_ = !done;
  if (!done) {
    CountFailure(done.error());
  } else {
    failures_ = 0;
  }
  // The next one first, so that the adapter need not wait for the stack.
  StartReceiving();
  if (!done || rest || *done < kEthernetHeader || *done > kEthernetHeader + properties_.mtu)
      [[unlikely]] {
    PushFree(buffer);
    StartReceiving();
    return true;
  }
  buffer.bytes = buffer.bytes.first(*done);
  client.Received(buffer, *done, false);
  return true;
}

void CdcEthernet::PushFree(netdev::Buffer& buffer) {
  buffer.next = free_;
  free_ = &buffer;
}

void CdcEthernet::Release(netdev::Buffer& buffer) {
  const auto index = static_cast<std::size_t>(&buffer - descriptions_);
  ASHLAR_CHECK(index < receive_count_);
  PushFree(buffer);
  StartReceiving();
}

bool CdcEthernet::Poll(netdev::Client& client, std::size_t budget) {
  if (broken_ && transmit_count_ == 0) [[unlikely]] {
    return false;
  }
  bool any = false;
  if (!broken_) {
    any = TakeTransmitted(client);
    for (; budget > 0 && !broken_ && TakeReceived(client); --budget) {
      any = true;
      TakeTransmitted(client);
    }
    Flush();
    StartReceiving();
  }
  if (broken_) [[unlikely]] {
    GiveUp(client);
    return true;
  }
  return any;
}

bool CdcEthernet::EnableNotifications() {
  event_.Take();
  if (broken_) {
    return true;
  }
  // What did not start is tried again; no interrupt would say when.
  const bool idle =
      (receiving_ == nullptr && free_ != nullptr) || (!sending_ && transmit_count_ > 0);
  return !idle && controller_.Interrupt(true);
}

void CdcEthernet::DisableNotifications() { controller_.Interrupt(false); }

// Failing.

void CdcEthernet::CountFailure(Error error) {
  ++failures_;
  if (!broken_ && (error == Error::kBroken || failures_ == kMostFailures)) {
    broken_ = true;
    log::Error("cdc_ethernet", "the adapter is out of use: ", error);
  }
}

// What was to be sent comes back.
void CdcEthernet::GiveUp(netdev::Client& client) {
  controller_.Interrupt(false);
  while (transmit_count_ > 0) {
    void* const cookie = sent_[transmit_head_].cookie;
    transmit_head_ = static_cast<std::uint16_t>((transmit_head_ + 1u) % transmit_size_);
    --transmit_count_;
    client.Transmitted(cookie);
  }
}

}  // namespace ashlar::usb
