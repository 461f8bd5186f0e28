// Driver of the DesignWare USB 2.0 OTG controller ("DWC2") as host, with its own DMA: control and
// bulk transfers of the device at its root port.
//
// The controller repeats by itself what a device answers with "not now", so that a bulk read waits
// for its data without the CPU. What it writes to its registers is validated.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <utility>

#include "libs/base/check.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/clock/clock.h"
#include "libs/dwc2/registers.h"
#include "libs/io/io.h"
#include "libs/usb/host_controller.h"

namespace ashlar::dwc2 {

/// The machine around a controller: its address of memory, its caches, and time.
template <typename T>
concept Machine = std::copy_constructible<T> &&
                  requires(T machine, std::span<const std::byte> bytes, clock::Duration duration) {
                    { machine.BusAddress(bytes.data()) } -> std::same_as<std::uint32_t>;
                    // Before and after the controller uses `bytes`, which sees no cache.
                    { machine.SyncCaches(bytes) } -> std::same_as<void>;
                    { machine.Now() } -> std::same_as<clock::Instant>;
                    { machine.Sleep(duration) } -> std::same_as<void>;
                  };

/// What control transfers carry; the controller's, in cache lines of its own.
struct alignas(usb::HostController::kAlignment) ControlBuffer {
  std::array<std::byte, 64> setup = {};
  std::array<std::byte, 512> data = {};
};

/// A controller behind `Bus`, which reaches kRegisterBytes of its registers.
template <io::Bus Bus, Machine Board>
class Controller final : public usb::HostController {
 public:
  /// `bus_bits` are added to GAHBCFG: how the chip's own bus wants to be used. `buffer` is the
  /// controller's as long as this object lives.
  Controller(Bus bus, Board machine, ControlBuffer& buffer, std::uint32_t bus_bits)
      : bus_(std::move(bus)),
        machine_(std::move(machine)),
        control_(buffer),
        bus_configuration_(bus_bits | BusConfiguration::kDma) {}
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Resets the controller and makes it a host; before all else. kNotFound: there is none here;
  /// kUnsupported: it has no DMA of its own, or FIFOs of less than 12 KiB; kBroken: it does not do
  /// what it is told.
  Result<void> Start() {
    if (bus_.Read32(Register::kIdentity) >> 16 != kIdentity) {
      return std::unexpected(Error::kNotFound);
    }
    const Hardware2 hardware{bus_.Read32(Register::kHardware2)};
    const Hardware3 more{bus_.Read32(Register::kHardware3)};
    if (hardware.architecture() != Hardware2::kInternalDma ||
        more.fifo_words() < kReceiveFifo + kTransmitFifo + kPeriodicFifo) {
      return std::unexpected(Error::kUnsupported);
    }
    channels_ = std::min<std::size_t>(hardware.channels(), kMostChannels);
    ASHLAR_TRY(ResetCore());
    ASHLAR_TRY(BecomeHost());
    ASHLAR_TRY(SetUpFifos());
    for (std::size_t i = 0; i < hardware.channels(); ++i) {
      Write(i, Channel::kInterruptMask, 0);
      Write(i, Channel::kInterrupt, ChannelInterrupt::kAll);
    }
    bus_.Write32(Register::kInterruptStatus, ~std::uint32_t{0});
    bus_.Write32(Register::kInterruptMask, Interrupt::kChannels);
    return {};
  }

  Result<usb::Speed> ResetPort() override {
    ChangePort(Port::kPower, 0);
    if (!WaitFor(kConnectTime, [this] { return PortIs(Port::kConnected); })) {
      return std::unexpected(Error::kNotFound);
    }
    Sleep(kDebounceTime);
    ChangePort(Port::kReset, 0);
    Sleep(kResetTime);
    ChangePort(0, Port::kReset);
    if (!WaitFor(kEnableTime, [this] { return PortIs(Port::kEnabled); })) {
      return std::unexpected(Error::kBroken);
    }
    ChangePort(Port::kConnectionChanged | Port::kEnabledChanged, 0);
    Sleep(kRecoveryTime);
    return SpeedOf(Port{bus_.Read32(Register::kPort)});
  }

  void Sleep(std::chrono::milliseconds duration) override { machine_.Sleep(duration); }

  Result<std::size_t> Control(const usb::Link& link, const usb::Setup& setup,
                              std::span<std::byte> data) override {
    ASHLAR_CHECK(setup.length == data.size());
    if (data.size() > control_.data.size()) {
      return std::unexpected(Error::kNoSpace);
    }
    const usb::Endpoint out = {.address = 0, .max_packet = link.max_packet};
    const usb::Endpoint in = {.address = usb::Endpoint::kIn, .max_packet = link.max_packet};
    const auto bytes = std::bit_cast<std::array<std::byte, sizeof(usb::Setup)>>(setup);
    std::ranges::copy(bytes, control_.setup.begin());
    ASHLAR_TRY(
        Stage(link, out, Transfer::kSetup, std::span(control_.setup).first(sizeof(usb::Setup))));
    std::size_t done = 0;
    if (setup.in() && !data.empty()) {
      // Whole packets, of which the last is not full.
      const std::size_t room = AlignUp(data.size(), link.max_packet);
      if (room > control_.data.size()) {
        return std::unexpected(Error::kNoSpace);
      }
      done = ASHLAR_TRY(Stage(link, in, Transfer::kData1, std::span(control_.data).first(room)));
      if (done > data.size()) {
        return std::unexpected(Error::kBroken);
      }
      std::ranges::copy(std::span(control_.data).first(done), data.begin());
    } else if (!data.empty()) {
      std::ranges::copy(data, control_.data.begin());
      done = ASHLAR_TRY(
          Stage(link, out, Transfer::kData1, std::span(control_.data).first(data.size())));
    }
    // The status comes the other way, and is empty [USB-2.0 §8.5.3]. A controller that is to
    // receive has room for a packet all the same, since it knows no length before it is there.
    const bool answer_in = !setup.in() || data.empty();
    const std::size_t status = ASHLAR_TRY(
        Stage(link, answer_in ? in : out, Transfer::kData1,
              std::span(control_.data).first(answer_in ? std::size_t{link.max_packet} : 0)));
    if (status != 0) {
      return std::unexpected(Error::kBroken);
    }
    return done;
  }

  Result<Pipe> OpenBulk(const usb::Link& link, const usb::Endpoint& endpoint) override {
    if (opened_ + kFirstPipe >= channels_) {
      return std::unexpected(Error::kNoSpace);
    }
    const auto channel = static_cast<Pipe>(kFirstPipe + opened_++);
    pipes_[channel] = {.link = link, .endpoint = endpoint};
    Write(channel, Channel::kInterruptMask, ChannelInterrupt::kHalted);
    bus_.Write32(Register::kChannelInterruptMask, ((1u << opened_) - 1) << kFirstPipe);
    return channel;
  }

  Result<void> Start(Pipe channel, std::span<std::byte> buffer) override {
    OpenPipe& pipe = PipeAt(channel);
    ASHLAR_CHECK(!pipe.under_way);
    ASHLAR_CHECK(!pipe.endpoint.in() || buffer.size() % pipe.endpoint.max_packet == 0);
    pipe.buffer = buffer;
    pipe.under_way = true;
    Begin(channel, pipe.link, pipe.endpoint, Characteristics::kBulk, pipe.next, buffer);
    return {};
  }

  Result<std::size_t> Finish(Pipe channel) override {
    OpenPipe& pipe = PipeAt(channel);
    if (!pipe.under_way || !Halted(channel)) {
      return std::unexpected(Error::kWouldBlock);
    }
    pipe.under_way = false;
    return End(channel, pipe.endpoint, pipe.buffer, &pipe.next);
  }

  bool Interrupt(bool wanted) override {
    bus_.Write32(Register::kBusConfiguration,
                 bus_configuration_ | (wanted ? BusConfiguration::kInterrupts : 0));
    for (std::size_t i = kFirstPipe; wanted && i < kFirstPipe + opened_; ++i) {
      if (pipes_[i].under_way && Halted(i)) {
        return false;
      }
    }
    return true;
  }

 private:
  static constexpr std::size_t kMostChannels = 16;
  static constexpr std::size_t kControlChannel = 0;
  static constexpr std::size_t kFirstPipe = 1;

  // In words; the one for periodic transfers, of which there are none, last.
  static constexpr std::uint32_t kReceiveFifo = 1024;
  static constexpr std::uint32_t kTransmitFifo = 1024;
  static constexpr std::uint32_t kPeriodicFifo = 1024;

  static constexpr std::chrono::milliseconds kCoreResetTime{100};
  static constexpr std::chrono::milliseconds kModeTime{200};
  static constexpr std::chrono::milliseconds kConnectTime{300};
  static constexpr std::chrono::milliseconds kDebounceTime{100};  // [USB-2.0 §7.1.7.3]
  static constexpr std::chrono::milliseconds kResetTime{50};      // [USB-2.0 §7.1.7.5]
  static constexpr std::chrono::milliseconds kEnableTime{50};
  static constexpr std::chrono::milliseconds kRecoveryTime{10};  // [USB-2.0 §7.1.7.5]
  static constexpr std::chrono::milliseconds kStageTime{500};    // [USB-2.0 §9.2.6.4]
  static constexpr std::chrono::milliseconds kHaltTime{10};

  struct OpenPipe {
    usb::Link link = {};
    usb::Endpoint endpoint = {};
    std::uint32_t next = Transfer::kData0;
    std::span<std::byte> buffer = {};
    bool under_way = false;
  };

  // Starting.

  Result<void> ResetCore() {
    bus_.Write32(Register::kBusConfiguration, 0);
    bus_.Write32(Register::kClocks, 0);
    // The reset runs by the transceiver's clock, and keeps what is chosen here: one of UTMI+, of
    // eight bits.
    bus_.Write32(Register::kUsbConfiguration,
                 bus_.Read32(Register::kUsbConfiguration) &
                     ~(UsbConfiguration::kWidePhy | UsbConfiguration::kUlpi |
                       UsbConfiguration::kUlpiFullSpeed));
    ASHLAR_TRY(WaitForReset(Reset::kIdle, Reset::kIdle));
    bus_.Write32(Register::kReset, Reset::kCore);
    ASHLAR_TRY(WaitForReset(Reset::kCore, 0));
    return WaitForReset(Reset::kIdle, Reset::kIdle);
  }

  Result<void> BecomeHost() {
    const std::uint32_t usb = bus_.Read32(Register::kUsbConfiguration);
    bus_.Write32(Register::kUsbConfiguration,
                 (usb & ~(UsbConfiguration::kSessionRequest | UsbConfiguration::kHostNegotiation |
                          UsbConfiguration::kForceDevice)) |
                     UsbConfiguration::kForceHost);
    const bool host = WaitFor(kModeTime, [this] {
      return (bus_.Read32(Register::kInterruptStatus) & Interrupt::kHostMode) != 0;
    });
    if (!host) {
      return std::unexpected(Error::kBroken);
    }
    bus_.Write32(Register::kHostConfiguration, 0);
    return {};
  }

  Result<void> SetUpFifos() {
    bus_.Write32(Register::kReceiveFifoSize, kReceiveFifo);
    bus_.Write32(Register::kTransmitFifoSize, kTransmitFifo << 16 | kReceiveFifo);
    bus_.Write32(Register::kPeriodicFifoSize, kPeriodicFifo << 16 | (kReceiveFifo + kTransmitFifo));
    bus_.Write32(Register::kBusConfiguration, bus_configuration_);
    bus_.Write32(Register::kReset, Reset::kFlushTransmit | Reset::kAllTransmitFifos);
    ASHLAR_TRY(WaitForReset(Reset::kFlushTransmit, 0));
    bus_.Write32(Register::kReset, Reset::kFlushReceive);
    return WaitForReset(Reset::kFlushReceive, 0);
  }

  Result<void> WaitForReset(std::uint32_t bits, std::uint32_t wanted) {
    if (!WaitFor(kCoreResetTime,
                 [&] { return (bus_.Read32(Register::kReset) & bits) == wanted; })) {
      return std::unexpected(Error::kBroken);
    }
    return {};
  }

  // The port.

  bool PortIs(std::uint32_t bit) { return (bus_.Read32(Register::kPort) & bit) != 0; }

  // Sets and clears bits, and leaves those alone that would change by being written back.
  void ChangePort(std::uint32_t set, std::uint32_t clear) {
    const std::uint32_t port = bus_.Read32(Register::kPort) & ~Port::kWriteOneToClear;
    bus_.Write32(Register::kPort, (port & ~clear) | set);
  }

  Result<usb::Speed> SpeedOf(Port port) {
    // A frame, or an eighth of one, in ticks of the transceiver's 60 MHz.
    constexpr std::uint32_t kFrame = 60'000;
    constexpr std::uint32_t kMicroframe = kFrame / 8;
    constexpr std::uint32_t kInterval = 0xffff;
    const bool high = port.speed() == Port::kHighSpeed;
    bus_.Write32(Register::kFrameInterval, (bus_.Read32(Register::kFrameInterval) & ~kInterval) |
                                               (high ? kMicroframe : kFrame));
    switch (port.speed()) {
      case Port::kHighSpeed:
        return usb::Speed::kHigh;
      case Port::kFullSpeed:
        return usb::Speed::kFull;
      case Port::kLowSpeed:
        return usb::Speed::kLow;
      default:
        return std::unexpected(Error::kBroken);
    }
  }

  // Channels.

  std::uint32_t Read(std::size_t channel, std::size_t offset) {
    return bus_.Read32(Register::kChannels + channel * Channel::kBytes + offset);
  }
  void Write(std::size_t channel, std::size_t offset, std::uint32_t value) {
    bus_.Write32(Register::kChannels + channel * Channel::kBytes + offset, value);
  }

  bool Halted(std::size_t channel) {
    return (Read(channel, Channel::kInterrupt) & ChannelInterrupt::kHalted) != 0;
  }

  OpenPipe& PipeAt(Pipe channel) {
    ASHLAR_CHECK(channel >= kFirstPipe && channel < kFirstPipe + opened_);
    return pipes_[channel];
  }

  void Begin(std::size_t channel, const usb::Link& link, const usb::Endpoint& endpoint,
             std::uint32_t type, std::uint32_t next, std::span<std::byte> buffer) {
    const auto bytes = static_cast<std::uint32_t>(buffer.size());
    const std::uint32_t packets =
        std::max<std::uint32_t>(1, (bytes + endpoint.max_packet - 1) / endpoint.max_packet);
    ASHLAR_CHECK(bytes <= Transfer::kMostBytes && packets <= Transfer::kMostPackets);
    machine_.SyncCaches(buffer);
    Write(channel, Channel::kInterrupt, ChannelInterrupt::kAll);
    Write(channel, Channel::kSplit, 0);
    Write(channel, Channel::kTransfer, Transfer::Make(bytes, packets, next).value);
    Write(channel, Channel::kAddress, buffer.empty() ? 0 : machine_.BusAddress(buffer.data()));
    Write(channel, Channel::kCharacteristics,
          Characteristics::MaxPacket(endpoint.max_packet) |
              Characteristics::Number(endpoint.number()) |
              (endpoint.in() ? Characteristics::kIn : 0) |
              (link.speed == usb::Speed::kLow ? Characteristics::kLowSpeed : 0) | type |
              Characteristics::kOnePacketPerFrame | Characteristics::Device(link.address) |
              Characteristics::kEnable);
  }

  // What became of it, once the channel is halted.
  Result<std::size_t> End(std::size_t channel, const usb::Endpoint& endpoint,
                          std::span<const std::byte> buffer, std::uint32_t* next) {
    const std::uint32_t causes = Read(channel, Channel::kInterrupt);
    const Transfer left{Read(channel, Channel::kTransfer)};
    Write(channel, Channel::kInterrupt, ChannelInterrupt::kAll);
    *next = left.next();
    if ((causes & ChannelInterrupt::kComplete) == 0) {
      return std::unexpected((causes & (ChannelInterrupt::kBusError | ChannelInterrupt::kBabble)) !=
                                     0
                                 ? Error::kBroken
                                 : Error::kInputOutput);
    }
    if (!endpoint.in()) {
      return buffer.size();
    }
    if (left.bytes() > buffer.size()) {
      return std::unexpected(Error::kBroken);
    }
    const std::size_t received = buffer.size() - left.bytes();
    machine_.SyncCaches(buffer.first(received));
    return received;
  }

  // One stage of a control transfer, waited for.
  Result<std::size_t> Stage(const usb::Link& link, const usb::Endpoint& endpoint,
                            std::uint32_t next, std::span<std::byte> buffer) {
    if (stuck_) {
      return std::unexpected(Error::kBroken);
    }
    const std::size_t channel = kControlChannel;
    Begin(channel, link, endpoint, Characteristics::kControl, next, buffer);
    if (!WaitFor(kStageTime, [&] { return Halted(channel); })) {
      Write(channel, Channel::kCharacteristics,
            Read(channel, Channel::kCharacteristics) | Characteristics::kEnable |
                Characteristics::kDisable);
      // A channel that does not let go still has the buffer.
      stuck_ = !WaitFor(kHaltTime, [&] { return Halted(channel); });
      return std::unexpected(stuck_ ? Error::kBroken : Error::kTimedOut);
    }
    return End(channel, endpoint, buffer, &next);
  }

  template <typename Condition>
  bool WaitFor(std::chrono::milliseconds patience, Condition condition) {
    const clock::Instant deadline = machine_.Now() + patience;
    while (!condition()) {
      if (machine_.Now() >= deadline) {
        return condition();
      }
    }
    return true;
  }

  Bus bus_;
  Board machine_;
  ControlBuffer& control_;
  std::uint32_t bus_configuration_;
  std::size_t channels_ = 0;
  std::size_t opened_ = 0;
  std::array<OpenPipe, kMostChannels> pipes_ = {};
  bool stuck_ = false;
};

}  // namespace ashlar::dwc2
