// Driver of Intel's gigabit Ethernet controllers: 8254x (PCI) and 82574 (PCI Express).
//
// Frames go out from where they lie and are lent to the stack where they arrived. Every length a
// device writes is validated; one that breaks its rules is cut off from memory and answers kBroken
// from then on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <new>
#include <optional>
#include <span>
#include <utility>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/clock/clock.h"
#include "libs/e1000/registers.h"
#include "libs/e1000/segmentation.h"
#include "libs/events/events.h"
#include "libs/io/io.h"
#include "libs/log/log.h"
#include "libs/netdev/netdev.h"
#include "libs/pci/place.h"

namespace ashlar::e1000 {

/// What a card is, as far as that makes a difference here.
enum class Family : std::uint8_t {
  k8254x,  ///< PCI: 82540EM
  k82574,  ///< PCI Express: 82574L
};

/// How many buffers and descriptors the driver has; both multiples of 8, at least 8. What arrives
/// when no buffer is left is lost.
struct Options {
  Family family = Family::k82574;
  std::uint16_t receive_buffers = 512;
  std::uint16_t transmit_descriptors = 512;
  bool msix = false;  ///< interrupts are messages of entry 0 of its MSI-X table (82574)
};

/// A running controller, behind `Bus`, which reaches kRegisterBytes of its registers. One queue.
template <io::Bus Bus>
class Nic final : public netdev::NetDevice, private netdev::Queue {
 public:
  /// Bytes of memory that Start() wants.
  static constexpr std::size_t MemoryFor(const Options& options) {
    return Layout(nullptr, options).size;
  }

  /// Resets the controller, lets it reach memory and starts it. `memory` (aligned to a page, at its
  /// physical address, for ever the device's unless this fails) holds rings, buffers and this
  /// object; `event` is what its interrupts note. Sleeps until the card has come out of its reset,
  /// which takes some milliseconds, half a second at most. kBroken: it does not, or has no
  /// address that a card may have; it has reached no memory then.
  static Result<Nic*> Start(const pci::Place<Bus>& place, std::span<std::byte> memory,
                            events::Event& event, const Options& options = {}) {
    ASHLAR_CHECK(memory.size() >= MemoryFor(options) && place.register_bytes >= kRegisterBytes);
    ASHLAR_CHECK(options.receive_buffers % 8 == 0 && options.transmit_descriptors % 8 == 0);
    Bus bus = place.registers;
    bus.Write32(Register::kInterruptMaskClear, ~std::uint32_t{0});
    // From the card's own memory, which it reads when it is switched on.
    const netdev::MacAddress address = ASHLAR_TRY(ReadAddress(bus));
    Quiet(bus, options.family);
    ASHLAR_TRY(Reset(bus, options.family));
    const Layout layout(memory.data(), options);
    return new (layout.object) Nic(place, event, options, layout, address);
  }

  const netdev::Properties& properties() const override { return properties_; }
  std::span<netdev::Queue* const> queues() override { return queues_; }
  bool link_up() const override {
    return (Bus(bus_).Read32(Register::kStatus) & Status::kLinkUp) != 0;
  }

 private:
  static constexpr std::size_t kBufferSize = 2048;
  static constexpr std::size_t kEthernetHeader = 14;
  static constexpr std::size_t kLargestPacket = 65535;
  static constexpr std::size_t kLeastFrame = 60;  // without its check sequence
  static constexpr std::uint16_t kMostFragments = 32;
  static constexpr std::size_t kLastPart = 4;  // in a descriptor of its own [e1000]
  static constexpr std::size_t kHeaderRoom = 144;
  static_assert(kHeaderRoom >= kMaxHeaders);
  static constexpr std::uint32_t kReceiveCauses =
      Interrupt::kReceived | Interrupt::kReceiveLow | Interrupt::kReceiveOverrun;
  // How long a card may take for a step of its start [e1000, e1000e: 80 to 100 ms].
  static constexpr clock::Duration kPatience = std::chrono::milliseconds(100);
  static constexpr std::array<std::byte, kLeastFrame> kZeros = {};

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
      headers = cut(options.transmit_descriptors / 2 * kHeaderRoom, 16);
      descriptions = cut(options.receive_buffers * sizeof(netdev::Buffer), alignof(netdev::Buffer));
      slots = cut(options.receive_buffers * sizeof(std::uint16_t), alignof(std::uint16_t));
      sent = cut(options.transmit_descriptors * sizeof(Sent), alignof(Sent));
      object = cut(sizeof(Nic), alignof(Nic));
      size = used;
    }

    std::byte* receive_ring;
    std::byte* transmit_ring;
    std::byte* buffers;
    std::byte* headers;
    std::byte* descriptions;
    std::byte* slots;
    std::byte* sent;
    std::byte* object;
    std::size_t size;
  };

  Nic(const pci::Place<Bus>& place, events::Event& event, const Options& options,
      const Layout& layout, const netdev::MacAddress& address)
      : place_(place),
        bus_(place.registers),
        event_(event),
        receive_size_(options.receive_buffers),
        transmit_size_(options.transmit_descriptors),
        family_(options.family),
        msix_(options.msix),
        receive_(reinterpret_cast<ReceiveDescriptor*>(layout.receive_ring)),
        transmit_(reinterpret_cast<TransmitDescriptor*>(layout.transmit_ring)),
        buffers_(layout.buffers),
        headers_(layout.headers),
        descriptions_(reinterpret_cast<netdev::Buffer*>(layout.descriptions)),
        slots_(reinterpret_cast<std::uint16_t*>(layout.slots)),
        sent_(reinterpret_cast<Sent*>(layout.sent)) {
    properties_.mac_address = address;
    properties_.transmit_checksum = true;
    properties_.receive_checksum = true;
    properties_.tcp4_segmentation = true;
    properties_.tcp6_segmentation = options.family == Family::k82574;
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

  static void Sleep(clock::Duration duration) {
    const clock::Instant end = clock::Monotonic::now() + duration;
    while (clock::Monotonic::now() < end) {
      events::Wait(end);
    }
  }

  // Sleeps until `done` says so; false if it does not within kPatience. Who is done already costs
  // no time.
  template <typename Condition>
  static bool WaitUntil(Condition done) {
    constexpr clock::Duration kNap = std::chrono::milliseconds(1);
    const clock::Instant end = clock::Monotonic::now() + kPatience;
    while (!done()) {
      if (clock::Monotonic::now() >= end) {
        return false;
      }
      Sleep(kNap);
    }
    return true;
  }

  // Has the card begin nothing any more, before a reset that would catch it in the middle
  // [e1000, e1000e].
  static void Quiet(Bus bus, Family family) {
    if (family == Family::k82574) {
      bus.Write32(Register::kControl, bus.Read32(Register::kControl) | Control::kMasterDisable);
    }
    const bool running = ((bus.Read32(Register::kReceiveControl) & ReceiveControl::kEnable) != 0) ||
                         ((bus.Read32(Register::kTransmitControl) & TransmitControl::kEnable) != 0);
    bus.Write32(Register::kReceiveControl, 0);
    bus.Write32(Register::kTransmitControl, 0);
    if (running) {
      bus.Read32(Register::kStatus);  // both have arrived
      Sleep(std::chrono::milliseconds(10));
    }
    if (family == Family::k82574) {
      // One that goes on regardless is reset all the same: it reaches no memory.
      (void)WaitUntil(
          [&] { return (bus.Read32(Register::kStatus) & Status::kMasterEnabled) == 0; });
    }
  }

  // [8254x §14.3, 82574 §4.6.3]
  static Result<void> Reset(Bus bus, Family family) {
    // What nobody sets before Start() does, and a reset clears.
    constexpr std::uint32_t kMark = 0x5a;
    if (family == Family::k82574) {
      // Its own firmware must not be in the middle of something with the PHY [e1000e].
      const std::uint32_t owner = bus.Read32(Register::kConfigurationOwner) | kSoftwareOwnsPhy;
      (void)WaitUntil([&] {
        bus.Write32(Register::kConfigurationOwner, owner);
        return (bus.Read32(Register::kConfigurationOwner) & kSoftwareOwnsPhy) != 0;
      });
    } else {
      bus.Write32(Register::kReceiveDelay, kMark);
    }
    bus.Write32(Register::kControl, bus.Read32(Register::kControl) | Control::kReset);
    // It must not be asked for a microsecond [8254x §13.4.1].
    Sleep(std::chrono::microseconds(2));
    if (!WaitUntil([&] { return (bus.Read32(Register::kControl) & Control::kReset) == 0; })) {
      return std::unexpected(Error::kBroken);
    }
    // Then it reads its EEPROM, and must not be written to before it has.
    if (family == Family::k82574) {
      if (!WaitUntil([&] { return (bus.Read32(Register::kEeprom) & kEepromRead) != 0; })) {
        return std::unexpected(Error::kBroken);
      }
      bus.Write32(Register::kConfigurationOwner,
                  bus.Read32(Register::kConfigurationOwner) & ~kSoftwareOwnsPhy);
    } else if (bus.Read32(Register::kReceiveDelay) != kMark) {
      // It does not say when [e1000]. QEMU's, which is none that resets anything, reads nothing.
      Sleep(std::chrono::milliseconds(5));
    }
    bus.Write32(Register::kInterruptMaskClear, ~std::uint32_t{0});
    bus.Read32(Register::kInterruptCause);
    return {};
  }

  void Change(std::size_t offset, std::uint32_t on, std::uint32_t off) {
    bus_.Write32(offset, (bus_.Read32(offset) & ~off) | on);
  }

  // What only one of the families has.
  void SetUpFamily() {
    if (family_ == Family::k8254x) {
      bus_.Write32(Register::kReceiveDelay, 0);
      Change(Register::kManagement, 0, kAnswerArp);
      return;
    }
    using Bits = Reserved82574;
    Change(Register::kControl, 0, Bits::kControlOff);
    Change(Register::kExtendedControl,
           Bits::kExtendedControlOn | ExtendedControl::kDriverLoaded |
               (msix_ ? ExtendedControl::kClearPending : 0),
           Bits::kExtendedControlOff);
    Change(Register::kTransmitDescriptorControl, Bits::kTransmitDescriptorControlOn, 0);
    Change(Register::kTransmitArbitration, Bits::kTransmitArbitrationOn,
           Bits::kTransmitArbitrationOff);
    Change(Register::kBusControl, Bits::kBusControlOn, 0);
    Change(Register::kBusControl2, Bits::kBusControl2On, 0);
    if (msix_) {
      Change(Register::kReceiveFilter, kNoAckInterrupts, 0);
      bus_.Write32(Register::kVectors, Vectors::kAllFirst);
      // A message takes its cause with it: there is nothing to acknowledge, and no frame's message
      // to be lost by that.
      bus_.Write32(Register::kInterruptAutoClear,
                   Interrupt::kReceiveQueue | Interrupt::kTransmitQueue);
    }
  }

  // [8254x §14.3 to §14.5]
  void SetUpDevice(const netdev::MacAddress& address) {
    place_.OpenMemory();
    // Its speed is what the PHY indicates: that is not detected a second time, and must not be on
    // the 82574 [8254x §8.6.2.2.3, 82574 §10.2.2.1].
    Change(Register::kControl, Control::kSetLinkUp,
           Control::kMasterDisable | Control::kLinkReset | Control::kAutoSpeed |
               Control::kInvertLossOfSignal | Control::kForceSpeed | Control::kForceDuplex |
               Control::kVlanMode | Control::kPhyReset);
    SetUpFamily();
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
    bool sound = fragments.size() <= kMostFragments;
    for (const netdev::Fragment& fragment : fragments) {
      sound &= !fragment.empty();
      size += fragment.size();
    }
    const bool cut = offload.segmentation != netdev::Offload::Segmentation::kNone;
    const std::size_t most = kEthernetHeader + (cut ? kLargestPacket : properties_.mtu);
    if (!sound || size < kEthernetHeader || size > most) [[unlikely]] {
      return std::unexpected(Error::kInvalidArgument);
    }
    return cut ? TransmitToBeCut(fragments, offload, size, cookie)
               : TransmitWhole(fragments, offload, size, cookie);
  }

  Result<void> TransmitWhole(std::span<const netdev::Fragment> fragments,
                             const netdev::Offload& offload, std::size_t size, void* cookie) {
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
    // The 8254x damages short frames that it has to fill up, and may tell too early that it has
    // sent the first frame of one descriptor that follows one it has cut [e1000].
    const bool pci = family_ == Family::k8254x;
    const std::size_t padding = pci && size < kLeastFrame ? kLeastFrame - size : 0;
    const bool two_parts = pci && after_cut_ && fragments.size() == 1 && padding == 0;
    const std::size_t wanted =
        fragments.size() + (new_context ? 1 : 0) + (padding != 0 || two_parts ? 1 : 0);
    if (wanted > transmit_free()) [[unlikely]] {
      transmit_refused_ = true;
      return std::unexpected(Error::kWouldBlock);
    }
    if (new_context) {
      context_ = context;
      Append({*context, TransmitDescriptor::kExtended, 0, 0, 0});
    }
    const std::uint8_t options =
        context ? TransmitDescriptor::kInsertTcpUdpChecksum : std::uint8_t{0};
    if (two_parts) {
      AppendData(fragments[0].first(size - kLastPart), 0, options, TransmitDescriptor::kMaxLength);
      AppendData(fragments[0].last(kLastPart), 0, options, TransmitDescriptor::kMaxLength);
    } else {
      for (const netdev::Fragment& fragment : fragments) {
        AppendData(fragment, 0, options, TransmitDescriptor::kMaxLength);
      }
      AppendData(std::span(kZeros).first(padding), 0, options, TransmitDescriptor::kMaxLength);
    }
    after_cut_ = after_cut_ && fragments.size() != 1;
    EndFrame(cookie, wanted);
    return {};
  }

  // A frame that the device cuts: its headers from a copy that is prepared for it, then the rest
  // from where it lies.
  Result<void> TransmitToBeCut(std::span<const netdev::Fragment> fragments,
                               const netdev::Offload& offload, std::size_t size, void* cookie) {
    std::array<std::byte, kMaxHeaders> copy;
    if (offload.header_size > copy.size() || offload.header_size >= size) [[unlikely]] {
      return std::unexpected(Error::kInvalidArgument);
    }
    const std::span<std::byte> headers = std::span(copy).first(offload.header_size);
    // The 8254x reckons that a descriptor is at most four segments, and may tell too early that it
    // has sent one: what a frame ends with is small, and by itself [e1000].
    const bool pci = family_ == Family::k8254x;
    const std::size_t most =
        pci ? std::min<std::size_t>(4 * std::size_t{offload.segment_size}, 4 * kKiB)
            : TransmitDescriptor::kMaxLength;
    std::size_t copied = 0;
    std::size_t wanted = 2;
    std::size_t last_part = 0;
    for (const netdev::Fragment& fragment : fragments) {
      const std::size_t part = std::min(headers.size() - copied, fragment.size());
      std::copy_n(fragment.begin(), part, headers.begin() + static_cast<std::ptrdiff_t>(copied));
      copied += part;
      std::size_t rest = fragment.size() - part;
      if (pci && &fragment == &fragments.back() && rest > 2 * kLastPart) {
        last_part = kLastPart;
        rest -= last_part;
        ++wanted;
      }
      wanted += most == 0 ? 0 : (rest + most - 1) / most;
    }
    const std::optional<TransmitDescriptor> context = PrepareSegmentation(headers, offload, size);
    if (!context || wanted >= transmit_size_) [[unlikely]] {
      return std::unexpected(Error::kInvalidArgument);
    }
    if (wanted > transmit_free()) [[unlikely]] {
      transmit_refused_ = true;
      return std::unexpected(Error::kWouldBlock);
    }
    // At least three descriptors a frame: no two that are out have the same half.
    const std::span<std::byte> kept(headers_ + std::size_t{transmit_tail_} / 2 * kHeaderRoom,
                                    headers.size());
    std::ranges::copy(headers, kept.begin());
    context_.reset();
    Append(*context);
    const bool ipv4 = offload.segmentation == netdev::Offload::Segmentation::kTcp4;
    const std::uint8_t options = TransmitDescriptor::kInsertTcpUdpChecksum |
                                 (ipv4 ? TransmitDescriptor::kInsertIpChecksum : std::uint8_t{0});
    AppendData(kept, TransmitDescriptor::kSegment, options, TransmitDescriptor::kMaxLength);
    std::size_t skipped = headers.size();
    for (const netdev::Fragment& fragment : fragments) {
      const std::size_t part = std::min(skipped, fragment.size());
      skipped -= part;
      const std::size_t left = &fragment == &fragments.back() ? last_part : 0;
      AppendData(fragment.subspan(part, fragment.size() - part - left),
                 TransmitDescriptor::kSegment, options, most);
    }
    AppendData(fragments.back().last(last_part), TransmitDescriptor::kSegment, options, most);
    after_cut_ = true;
    EndFrame(cookie, wanted);
    return {};
  }

  // In descriptors of `most` bytes each.
  void AppendData(netdev::Fragment bytes, std::uint32_t command, std::uint8_t options,
                  std::size_t most) {
    while (!bytes.empty()) {
      const auto part = bytes.first(std::min(bytes.size(), most));
      Append({reinterpret_cast<std::uintptr_t>(part.data()),
              static_cast<std::uint32_t>(part.size()) | command | TransmitDescriptor::kTypeData |
                  TransmitDescriptor::kExtended | TransmitDescriptor::kInsertCrc,
              0, options, 0});
      bytes = bytes.subspan(part.size());
    }
  }

  // The last descriptor is the frame's last: its status is the frame's.
  void EndFrame(void* cookie, std::size_t descriptors) {
    const auto last =
        static_cast<std::uint16_t>((transmit_tail_ == 0 ? transmit_size_ : transmit_tail_) - 1);
    transmit_[last].command |= TransmitDescriptor::kEndOfPacket | TransmitDescriptor::kReportStatus;
    sent_[last] = {cookie, static_cast<std::uint16_t>(descriptors)};
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
        GiveUp(client);
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
    const bool noted = event_.Take();  // also when broken: a note left behind keeps the CPU awake
    if (broken_) [[unlikely]] {
      return true;
    }
    if (noted && !msix_) {
      // Clears the causes, and so lets go of the line; what they tell of is in memory by then.
      bus_.Read32(Register::kInterruptCause);
    }
    Refill();
    std::uint32_t causes = msix_ ? Interrupt::kReceiveQueue : kReceiveCauses;
    // Sent frames wake nobody, unless somebody waits for room or is about to.
    const bool sent_wakes = transmit_refused_ || transmit_free() < transmit_size_ / 2;
    if (sent_wakes) {
      causes |= msix_ ? Interrupt::kTransmitQueue : Interrupt::kTransmitted;
      transmit_refused_ = false;
    }
    notifying_ = true;
    bus_.Write32(Register::kInterruptMaskSet, causes);
    const bool quiet = !AnyReceived() && !(sent_wakes && AnySent());
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

  // The device broke its rules: it must not touch memory any more. Reports that, and hands back
  // what it will never send.
  [[gnu::cold]] void GiveUp(netdev::Client& client) {
    broken_ = true;
    log::Error("e1000",
               "the card tells of a frame longer than its buffer; it is out of use from now on");
    place_.CloseMemory();
    bus_.Write32(Register::kInterruptMaskClear, ~std::uint32_t{0});
    bus_.Write32(Register::kReceiveControl, 0);
    bus_.Write32(Register::kTransmitControl, 0);
    bus_.Read32(Register::kStatus);  // what it wrote before is in memory now
    while (transmit_used_ > 0) {
      const Sent sent = std::exchange(sent_[transmit_head_], {});
      transmit_head_ = Next(transmit_head_, transmit_size_);
      if (sent.descriptors > 0) {
        transmit_used_ = static_cast<std::uint16_t>(transmit_used_ - sent.descriptors);
        client.Transmitted(sent.cookie);
      }
    }
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

  pci::Place<Bus> place_;
  Bus bus_;
  events::Event& event_;
  netdev::Properties properties_;
  std::array<netdev::Queue*, 1> queues_ = {this};
  std::uint16_t receive_size_;
  std::uint16_t transmit_size_;
  Family family_;
  bool msix_;
  ReceiveDescriptor* receive_;
  TransmitDescriptor* transmit_;
  std::byte* buffers_;
  std::byte* headers_;  // of frames to be cut, by half the position of their first descriptor
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
  bool after_cut_ = false;  // whether the frame that was queued last is to be cut

  bool notifying_ = false;
  bool broken_ = false;
};

}  // namespace ashlar::e1000
