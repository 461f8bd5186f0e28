// Driver of Intel's gigabit Ethernet controllers: 8254x (PCI) and 82574 (PCI Express).
//
// Frames go out from where they lie and are lent to the stack where they arrived. Every length a
// device writes is validated; one that breaks its rules is silenced and answers kBroken from then
// on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <new>
#include <optional>
#include <span>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/e1000/registers.h"
#include "libs/events/events.h"
#include "libs/io/io.h"
#include "libs/netdev/netdev.h"

namespace ashlar::e1000 {

/// How many buffers and descriptors the driver has; both multiples of 8, at least 8. What arrives
/// when no buffer is left is lost.
struct Options {
  std::uint16_t receive_buffers = 512;
  std::uint16_t transmit_descriptors = 512;
};

/// A running controller, behind `Bus`, which reaches kRegisterBytes of its registers. One queue.
template <io::Bus Bus>
class Nic final : public netdev::NetDevice, private netdev::Queue {
 public:
  /// Bytes of memory that Start() wants.
  static constexpr std::size_t MemoryFor(const Options& options) {
    return Layout(nullptr, options).size;
  }

  /// Resets the controller and starts it. `memory` (aligned to a page, at its physical address, for
  /// ever the device's) holds rings, buffers and this object; `event` is what its interrupts note.
  /// kBroken: it does not come out of its reset, or has no address that a card may have.
  static Result<Nic*> Start(Bus bus, std::span<std::byte> memory, events::Event& event,
                            const Options& options = {}) {
    ASHLAR_CHECK(memory.size() >= MemoryFor(options));
    ASHLAR_CHECK(options.receive_buffers % 8 == 0 && options.transmit_descriptors % 8 == 0);
    bus.Write32(Register::kInterruptMaskClear, ~std::uint32_t{0});
    // From the card's own memory, which it reads when it is switched on; after a reset that takes a
    // while.
    const netdev::MacAddress address = ASHLAR_TRY(ReadAddress(bus));
    ASHLAR_TRY(Reset(bus));
    const Layout layout(memory.data(), options);
    return new (layout.object) Nic(bus, event, options, layout, address);
  }

  const netdev::Properties& properties() const override { return properties_; }
  std::span<netdev::Queue* const> queues() override { return queues_; }
  bool link_up() const override {
    return (Bus(bus_).Read32(Register::kStatus) & Status::kLinkUp) != 0;
  }

 private:
  static constexpr std::size_t kBufferSize = 2048;
  static constexpr std::size_t kEthernetHeader = 14;
  static constexpr std::uint16_t kMostFragments = 32;
  static constexpr std::uint32_t kReceiveCauses =
      Interrupt::kReceived | Interrupt::kReceiveLow | Interrupt::kReceiveOverrun;

  // What is known of a frame that was queued, at the slot of its last descriptor.
  struct Sent {
    void* cookie;
    std::uint16_t descriptors;  // zero: no frame ends here
  };

  // The parts of the memory; with a null pointer only their size.
  struct Layout {
    constexpr Layout(std::byte* memory, const Options& options) {
      std::size_t used = 0;
      const auto cut = [&](std::size_t bytes, std::size_t alignment) {
        used = AlignUp(used, alignment);
        std::byte* const part = memory == nullptr ? nullptr : memory + used;
        used += bytes;
        return part;
      };
      constexpr std::size_t kRingAlignment = 128;
      receive_ring = cut(options.receive_buffers * sizeof(ReceiveDescriptor), kRingAlignment);
      transmit_ring =
          cut(options.transmit_descriptors * sizeof(TransmitDescriptor), kRingAlignment);
      buffers = cut(options.receive_buffers * kBufferSize, 64);
      descriptions = cut(options.receive_buffers * sizeof(netdev::Buffer), alignof(netdev::Buffer));
      slots = cut(options.receive_buffers * sizeof(std::uint16_t), alignof(std::uint16_t));
      sent = cut(options.transmit_descriptors * sizeof(Sent), alignof(Sent));
      object = cut(sizeof(Nic), alignof(Nic));
      size = used;
    }

    std::byte* receive_ring;
    std::byte* transmit_ring;
    std::byte* buffers;
    std::byte* descriptions;
    std::byte* slots;
    std::byte* sent;
    std::byte* object;
    std::size_t size;
  };

  Nic(Bus bus, events::Event& event, const Options& options, const Layout& layout,
      const netdev::MacAddress& address)
      : bus_(bus),
        event_(event),
        receive_size_(options.receive_buffers),
        transmit_size_(options.transmit_descriptors),
        receive_(reinterpret_cast<ReceiveDescriptor*>(layout.receive_ring)),
        transmit_(reinterpret_cast<TransmitDescriptor*>(layout.transmit_ring)),
        buffers_(layout.buffers),
        descriptions_(reinterpret_cast<netdev::Buffer*>(layout.descriptions)),
        slots_(reinterpret_cast<std::uint16_t*>(layout.slots)),
        sent_(reinterpret_cast<Sent*>(layout.sent)) {
    properties_.mac_address = address;
    properties_.transmit_checksum = true;
    properties_.receive_checksum = true;
    properties_.max_fragments = kMostFragments;
    std::memset(layout.receive_ring, 0, receive_size_ * sizeof(ReceiveDescriptor));
    std::memset(layout.transmit_ring, 0, transmit_size_ * sizeof(TransmitDescriptor));
    for (std::uint16_t i = 0; i < transmit_size_; ++i) {
      new (&sent_[i]) Sent{};
    }
    for (std::uint16_t i = receive_size_; i-- > 0;) {
      new (&descriptions_[i]) netdev::Buffer{};
      PushFree(descriptions_[i]);
    }
    SetUpDevice(address);
  }

  static Result<netdev::MacAddress> ReadAddress(Bus bus) {
    const std::uint32_t low = bus.Read32(Register::kAddressLow);
    const std::uint32_t high = bus.Read32(Register::kAddressHigh);
    netdev::MacAddress address;
    for (unsigned i = 0; i < address.size(); ++i) {
      address[i] = static_cast<std::uint8_t>(i < 4 ? low >> 8 * i : high >> 8 * (i - 4));
    }
    const bool multicast = (address[0] & 1) != 0;
    if (multicast || address == netdev::MacAddress{}) {
      return std::unexpected(Error::kBroken);
    }
    return address;
  }

  // [8254x §14.3, 82574 §4.6.3]
  static Result<void> Reset(Bus bus) {
    constexpr int kMaxPolls = 100'000;  // a read takes half a microsecond at least
    bus.Write32(Register::kControl, bus.Read32(Register::kControl) | Control::kReset);
    for (int i = 0; i < kMaxPolls; ++i) {
      if ((bus.Read32(Register::kControl) & Control::kReset) == 0) {
        bus.Write32(Register::kInterruptMaskClear, ~std::uint32_t{0});
        bus.Read32(Register::kInterruptCause);
        return {};
      }
    }
    return std::unexpected(Error::kBroken);
  }

  // [8254x §14.3 to §14.5]
  void SetUpDevice(const netdev::MacAddress& address) {
    const std::uint32_t control = bus_.Read32(Register::kControl);
    bus_.Write32(Register::kControl,
                 (control & ~(Control::kLinkReset | Control::kInvertLossOfSignal |
                              Control::kVlanMode | Control::kPhyReset)) |
                     Control::kSetLinkUp | Control::kAutoSpeed);
    std::uint32_t low = 0;
    std::uint32_t high = kAddressValid;
    for (unsigned i = 0; i < 4; ++i) {
      low |= std::uint32_t{address[i]} << 8 * i;
    }
    high |= address[4] | std::uint32_t{address[5]} << 8;
    bus_.Write32(Register::kAddressLow, low);
    bus_.Write32(Register::kAddressHigh, high);
    for (std::size_t i = 0; i < kMulticastEntries; ++i) {
      bus_.Write32(Register::kMulticastTable + 4 * i, 0);
    }

    WriteAddress(Register::kReceiveBaseLow, receive_);
    bus_.Write32(Register::kReceiveLength, receive_size_ * sizeof(ReceiveDescriptor));
    bus_.Write32(Register::kReceiveHead, 0);
    bus_.Write32(Register::kReceiveTail, 0);
    bus_.Write32(Register::kReceiveChecksum, ReceiveChecksum::kIp | ReceiveChecksum::kTcpUdp);
    bus_.Write32(Register::kReceiveControl,
                 ReceiveControl::kEnable | ReceiveControl::kBroadcast | ReceiveControl::kStripCrc);
    Refill();

    WriteAddress(Register::kTransmitBaseLow, transmit_);
    bus_.Write32(Register::kTransmitLength, transmit_size_ * sizeof(TransmitDescriptor));
    bus_.Write32(Register::kTransmitHead, 0);
    bus_.Write32(Register::kTransmitTail, 0);
    bus_.Write32(Register::kTransmitGap, TransmitControl::kGap);
    bus_.Write32(Register::kTransmitControl, TransmitControl::kEnable | TransmitControl::kPadShort |
                                                 TransmitControl::kCollisions);
  }

  void WriteAddress(std::size_t offset, const void* memory) {
    const std::uint64_t address = reinterpret_cast<std::uintptr_t>(memory);
    bus_.Write32(offset, static_cast<std::uint32_t>(address));
    bus_.Write32(offset + 4, static_cast<std::uint32_t>(address >> 32));
  }

  // Sending.

  Result<void> Transmit(std::span<const netdev::Fragment> fragments, const netdev::Offload& offload,
                        void* cookie) override {
    if (broken_) [[unlikely]] {
      return std::unexpected(Error::kBroken);
    }
    std::size_t size = 0;
    for (const netdev::Fragment& fragment : fragments) {
      if (fragment.empty() || fragment.size() > TransmitDescriptor::kMaxLength) [[unlikely]] {
        return std::unexpected(Error::kInvalidArgument);
      }
      size += fragment.size();
    }
    if (fragments.size() > kMostFragments || size < kEthernetHeader ||
        size > properties_.mtu + kEthernetHeader ||
        offload.segmentation != netdev::Offload::Segmentation::kNone) [[unlikely]] {
      return std::unexpected(Error::kInvalidArgument);
    }
    std::optional<std::uint64_t> context;
    if (offload.checksum) {
      const std::size_t position = std::size_t{offload.checksum_start} + offload.checksum_offset;
      if (position > 0xff || position + sizeof(std::uint16_t) > size) [[unlikely]] {
        return std::unexpected(Error::kInvalidArgument);
      }
      context = TransmitDescriptor::Context(static_cast<std::uint8_t>(offload.checksum_start),
                                            static_cast<std::uint8_t>(position));
    }
    // The device goes by the last context it was given.
    const bool new_context = context && context != context_;
    const auto wanted = static_cast<std::uint16_t>(fragments.size() + (new_context ? 1 : 0));
    if (wanted > transmit_free()) [[unlikely]] {
      transmit_refused_ = true;
      return std::unexpected(Error::kWouldBlock);
    }
    if (new_context) {
      context_ = context;
      Append({*context, TransmitDescriptor::kExtended, 0, 0, 0});
    }
    std::uint16_t last = 0;
    for (std::size_t i = 0; i < fragments.size(); ++i) {
      std::uint32_t command = static_cast<std::uint32_t>(fragments[i].size()) |
                              TransmitDescriptor::kTypeData | TransmitDescriptor::kExtended |
                              TransmitDescriptor::kInsertCrc;
      if (i + 1 == fragments.size()) {
        command |= TransmitDescriptor::kEndOfPacket | TransmitDescriptor::kReportStatus;
      }
      last = transmit_tail_;
      Append({reinterpret_cast<std::uintptr_t>(fragments[i].data()), command, 0,
              context ? TransmitDescriptor::kInsertTcpUdpChecksum : std::uint8_t{0}, 0});
    }
    sent_[last] = {cookie, wanted};
    return {};
  }

  void Append(const TransmitDescriptor& descriptor) {
    transmit_[transmit_tail_] = descriptor;
    transmit_tail_ = Next(transmit_tail_, transmit_size_);
    ++transmit_used_;
  }

  void Flush() override {
    if (transmit_tail_ != transmit_told_ && !broken_) {
      transmit_told_ = transmit_tail_;
      // The descriptors must be in memory before the device is told of them.
      std::atomic_thread_fence(std::memory_order_release);
      bus_.Write32(Register::kTransmitTail, transmit_tail_);
    }
  }

  // Hands back every frame that was sent, in order.
  bool TakeTransmitted(netdev::Client& client) {
    bool any = false;
    for (std::uint16_t budget = transmit_size_; budget > 0 && transmit_used_ > 0; --budget) {
      // The frame's last descriptor is the one whose status counts.
      std::uint16_t last = transmit_head_;
      while (sent_[last].descriptors == 0) {
        last = Next(last, transmit_size_);
      }
      if ((LoadStatus(transmit_[last].status) & TransmitDescriptor::kDone) == 0) {
        break;
      }
      const Sent sent = sent_[last];
      sent_[last] = {};
      transmit_head_ = Next(last, transmit_size_);
      transmit_used_ = static_cast<std::uint16_t>(transmit_used_ - sent.descriptors);
      any = true;
      client.Transmitted(sent.cookie);
    }
    return any;
  }

  // One descriptor stays unused: a full ring would look like an empty one.
  std::uint16_t transmit_free() const {
    return static_cast<std::uint16_t>(transmit_size_ - 1 - transmit_used_);
  }

  // Receiving.

  bool Poll(netdev::Client& client, std::size_t budget) override {
    if (broken_) [[unlikely]] {
      return false;
    }
    bool any = TakeTransmitted(client);
    for (; budget > 0 && receive_head_ != receive_tail_; --budget) {
      // Acknowledgements let more be sent, and what they acknowledge makes room for it.
      if (transmit_free() < transmit_size_ / 2) {
        any |= TakeTransmitted(client);
      }
      const ReceiveDescriptor& descriptor = receive_[receive_head_];
      const std::uint8_t status = LoadStatus(descriptor.status);
      if ((status & ReceiveDescriptor::kDone) == 0) {
        break;
      }
      any = true;
      const std::uint16_t length = Load(descriptor.length);
      const std::uint8_t errors = LoadStatus(descriptor.errors);
      const std::uint16_t index = slots_[receive_head_];
      receive_head_ = Next(receive_head_, receive_size_);
      if (length > kBufferSize) [[unlikely]] {
        GiveUp();
        return true;
      }
      Receive(client, index, length, status, errors);
    }
    Refill();
    return any;
  }

  void Receive(netdev::Client& client, std::uint16_t index, std::uint16_t length,
               std::uint8_t status, std::uint8_t errors) {
    netdev::Buffer& buffer = descriptions_[index];
    // Larger frames than a buffer holds are refused (no long packets), so a part is a fault.
    const bool whole = !skipping_ && (status & ReceiveDescriptor::kEndOfPacket) != 0;
    skipping_ = (status & ReceiveDescriptor::kEndOfPacket) == 0;
    if (!whole || (errors & ReceiveDescriptor::kFrameErrors) != 0 || length < kEthernetHeader)
        [[unlikely]] {
      PushFree(buffer);
      return;
    }
    const bool checked =
        (status & (ReceiveDescriptor::kIgnoreChecksum | ReceiveDescriptor::kTcpUdpChecked)) ==
            ReceiveDescriptor::kTcpUdpChecked &&
        (errors & (ReceiveDescriptor::kTcpUdpError | ReceiveDescriptor::kIpError)) == 0;
    buffer = {.bytes = {buffers_ + std::size_t{index} * kBufferSize, length}};
    client.Received(buffer, length, checked);
  }

  void Release(netdev::Buffer& buffer) override {
    const auto index = static_cast<std::size_t>(&buffer - descriptions_);
    ASHLAR_CHECK(index < receive_size_);
    PushFree(buffer);
  }

  void PushFree(netdev::Buffer& buffer) {
    buffer.next = free_;
    free_ = &buffer;
  }

  // Gives the device all free buffers. A descriptor is the device's from head to tail, and one is
  // always ours: with all of them the ring would look empty.
  void Refill() {
    const std::uint16_t before = receive_tail_;
    while (free_ != nullptr && Next(receive_tail_, receive_size_) != receive_head_) {
      netdev::Buffer& buffer = *free_;
      free_ = buffer.next;
      const auto index = static_cast<std::uint16_t>(&buffer - descriptions_);
      slots_[receive_tail_] = index;
      receive_[receive_tail_] = {
          reinterpret_cast<std::uintptr_t>(buffers_ + std::size_t{index} * kBufferSize),
          0,
          0,
          0,
          0,
          0};
      receive_tail_ = Next(receive_tail_, receive_size_);
    }
    if (receive_tail_ != before) {
      std::atomic_thread_fence(std::memory_order_release);
      bus_.Write32(Register::kReceiveTail, receive_tail_);
    }
  }

  // Waking.

  bool EnableNotifications() override {
    if (broken_) [[unlikely]] {
      return true;
    }
    if (event_.Take()) {
      bus_.Read32(Register::kInterruptCause);  // lets go of the line
    }
    Refill();
    std::uint32_t causes = kReceiveCauses;
    // Sent frames wake nobody, unless somebody waits for room or is about to.
    if (transmit_refused_ || transmit_free() < transmit_size_ / 2) {
      causes |= Interrupt::kTransmitted;
      transmit_refused_ = false;
    }
    notifying_ = true;
    bus_.Write32(Register::kInterruptMaskSet, causes);
    const bool quiet = !AnyReceived() && !((causes & Interrupt::kTransmitted) != 0 && AnySent());
    if (!quiet) {
      DisableNotifications();
    }
    return quiet;
  }

  void DisableNotifications() override {
    if (notifying_ && !broken_) {
      notifying_ = false;
      bus_.Write32(Register::kInterruptMaskClear, ~std::uint32_t{0});
    }
  }

  bool AnyReceived() const {
    return receive_head_ != receive_tail_ &&
           (LoadStatus(receive_[receive_head_].status) & ReceiveDescriptor::kDone) != 0;
  }
  bool AnySent() const {
    if (transmit_used_ == 0) {
      return false;
    }
    std::uint16_t last = transmit_head_;
    while (sent_[last].descriptors == 0) {
      last = Next(last, transmit_size_);
    }
    return (LoadStatus(transmit_[last].status) & TransmitDescriptor::kDone) != 0;
  }

  // The device broke its rules: it must not touch memory any more.
  void GiveUp() {
    broken_ = true;
    bus_.Write32(Register::kInterruptMaskClear, ~std::uint32_t{0});
    bus_.Write32(Register::kReceiveControl, 0);
    bus_.Write32(Register::kTransmitControl, 0);
    bus_.Write32(Register::kControl, Control::kReset);
  }

  // What the device writes is read once. What it wrote before its status is read after it.
  static std::uint8_t LoadStatus(const std::uint8_t& field) {
    const std::uint8_t value = *const_cast<const volatile std::uint8_t*>(&field);
    std::atomic_thread_fence(std::memory_order_acquire);
    return value;
  }
  static std::uint16_t Load(const std::uint16_t& field) {
    return *const_cast<const volatile std::uint16_t*>(&field);
  }

  static std::uint16_t Next(std::uint16_t slot, std::uint16_t size) {
    return static_cast<std::uint16_t>(slot + 1 == size ? 0 : slot + 1);
  }

  Bus bus_;
  events::Event& event_;
  netdev::Properties properties_;
  std::array<netdev::Queue*, 1> queues_ = {this};
  std::uint16_t receive_size_;
  std::uint16_t transmit_size_;
  ReceiveDescriptor* receive_;
  TransmitDescriptor* transmit_;
  std::byte* buffers_;
  netdev::Buffer* descriptions_;
  std::uint16_t* slots_;  // which buffer each receive descriptor holds
  Sent* sent_;

  netdev::Buffer* free_ = nullptr;
  std::uint16_t receive_head_ = 0;  // the next that the device fills
  std::uint16_t receive_tail_ = 0;  // the first that is not the device's
  bool skipping_ = false;           // inside a frame that comes in parts

  std::uint16_t transmit_head_ = 0;  // the oldest that was not taken back
  std::uint16_t transmit_tail_ = 0;  // the next to be filled
  std::uint16_t transmit_told_ = 0;  // the tail that the device knows
  std::uint16_t transmit_used_ = 0;
  std::optional<std::uint64_t> context_;  // the last that was queued
  bool transmit_refused_ = false;

  bool notifying_ = false;
  bool broken_ = false;
};

}  // namespace ashlar::e1000
