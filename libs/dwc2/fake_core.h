// A DWC2 controller made of memory, for tests: its registers do what the driver relies on, and
// transfers end as the test says.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/dwc2/registers.h"
#include "libs/io/io.h"

namespace ashlar::dwc2 {

/// See above.
class FakeCore {
 public:
  /// A transfer that the driver began.
  struct Begun {
    std::size_t channel;
    std::uint32_t characteristics;
    std::uint32_t transfer;
    std::span<std::byte> memory;  ///< what it may reach
  };

  FakeCore() {
    At(Register::kIdentity) = kIdentity << 16 | 0x294a;
    At(Register::kHardware2) = 0x228d'dd50;  // eight channels, with DMA
    At(Register::kHardware3) = 0x0ff0'00e8;  // 4,080 words of FIFOs
    At(Register::kReset) = Reset::kIdle;
    At(Register::kInterruptStatus) = Interrupt::kHostMode;
    At(Register::kPort) = Port::kConnected | Port::kConnectionChanged | Port::kFullSpeed << 17;
  }

  std::uint32_t& At(std::size_t offset) { return registers_[offset / 4]; }
  std::uint32_t& At(std::size_t channel, std::size_t offset) {
    return At(Register::kChannels + channel * Channel::kBytes + offset);
  }

  void Write(std::size_t offset, std::uint32_t value) {
    switch (offset) {
      case Register::kReset:
        if ((value & Reset::kCore) != 0) {
          ResetCore();
        }
        // Done by the next read, unless it is stuck.
        At(offset) = Reset::kIdle | (stays_in_reset ? value : 0);
        return;
      case Register::kInterruptStatus:
        return;
      case Register::kPort:
        WritePort(value);
        return;
      default:
        break;
    }
    if (offset >= Register::kChannels && offset < Register::kClocks) {
      WriteChannel((offset - Register::kChannels) / Channel::kBytes, offset % Channel::kBytes,
                   value);
      return;
    }
    At(offset) = value;
  }

  /// Ends a channel's transfer, of which `left` bytes are left over.
  void End(std::size_t channel, std::uint32_t left,
           std::uint32_t causes = ChannelInterrupt::kComplete) {
    std::uint32_t& transfer = At(channel, Channel::kTransfer);
    transfer = (transfer & ~Transfer::kMostBytes) | left;
    At(channel, Channel::kInterrupt) |= causes | ChannelInterrupt::kHalted;
  }

  /// What happens when a transfer begins; nothing, if there is no such function.
  std::function<void(const Begun&)> on_begin;
  std::vector<Begun> begun;
  bool stays_in_reset = false;
  bool never_enables = false;
  bool never_halts = false;
  int port_resets = 0;
  std::uint32_t transceiver_at_reset = 0;  ///< what was chosen when the core was last reset

  // The machine around it.
  std::vector<std::span<const std::byte>> synchronized;
  clock::Instant now{};

 private:
  // The choice of a transceiver outlasts it, a mode that was forced does not.
  void ResetCore() {
    std::uint32_t& usb = At(Register::kUsbConfiguration);
    transceiver_at_reset = usb & (UsbConfiguration::kWidePhy | UsbConfiguration::kUlpi |
                                  UsbConfiguration::kUlpiFullSpeed);
    usb &= ~(UsbConfiguration::kForceHost | UsbConfiguration::kForceDevice);
  }

  void WritePort(std::uint32_t value) {
    std::uint32_t& port = At(Register::kPort);
    const bool released = (port & Port::kReset) != 0 && (value & Port::kReset) == 0;
    const std::uint32_t kept = port & (Port::kConnected | 3u << 17);
    const std::uint32_t cleared = port & Port::kWriteOneToClear & ~value;
    port = kept | cleared | (value & (Port::kReset | Port::kPower));
    if (released) {
      ++port_resets;
      port |= never_enables ? 0 : Port::kEnabled | Port::kEnabledChanged;
    }
  }

  void WriteChannel(std::size_t channel, std::size_t offset, std::uint32_t value) {
    std::uint32_t& old = At(channel, offset);
    if (offset == Channel::kInterrupt) {
      old &= ~value;
      return;
    }
    old = value;
    if (offset != Channel::kCharacteristics || (value & Characteristics::kEnable) == 0) {
      return;
    }
    if ((value & Characteristics::kDisable) != 0) {
      At(channel, Channel::kInterrupt) |= never_halts ? 0 : ChannelInterrupt::kHalted;
      return;
    }
    const std::size_t bytes = Transfer{At(channel, Channel::kTransfer)}.bytes();
    begun.push_back({.channel = channel,
                     .characteristics = value,
                     .transfer = At(channel, Channel::kTransfer),
                     .memory = {const_cast<std::byte*>(memory_), bytes}});
    if (on_begin) {
      on_begin(begun.back());
    }
  }

  friend struct FakeMachine;
  std::array<std::uint32_t, kRegisterBytes / 4> registers_ = {};
  const std::byte* memory_ = nullptr;  // of the transfer that begins
};

/// The bus to it.
class FakeCoreBus {
 public:
  explicit FakeCoreBus(FakeCore& core) : core_(&core) {}

  std::uint8_t Read8(std::size_t offset) { return static_cast<std::uint8_t>(Read32(offset)); }
  std::uint16_t Read16(std::size_t offset) { return static_cast<std::uint16_t>(Read32(offset)); }
  std::uint32_t Read32(std::size_t offset) { return core_->At(offset); }
  void Write8(std::size_t offset, std::uint8_t value) { Write32(offset, value); }
  void Write16(std::size_t offset, std::uint16_t value) { Write32(offset, value); }
  void Write32(std::size_t offset, std::uint32_t value) { core_->Write(offset, value); }

 private:
  FakeCore* core_;
};
static_assert(io::Bus<FakeCoreBus>);

/// The machine around it, whose time passes by being read.
struct FakeMachine {
  FakeCore* core;

  std::uint32_t BusAddress(const std::byte* memory) const {
    core->memory_ = memory;
    return 0xc000'0000;
  }
  void SyncCaches(std::span<const std::byte> bytes) const { core->synchronized.push_back(bytes); }
  clock::Instant Now() const { return core->now += std::chrono::milliseconds(1); }
  void Sleep(clock::Duration duration) const { core->now += duration; }
};

}  // namespace ashlar::dwc2
