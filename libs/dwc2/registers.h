// Registers of the DWC2 controller as host [DWC2], as far as the driver uses them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ashlar::dwc2 {

/// Bytes of registers that the driver reaches into.
inline constexpr std::size_t kRegisterBytes = 0x1000;

/// Offsets. A name in brackets is the manual's.
struct Register {
  static constexpr std::size_t kBusConfiguration = 0x008;      ///< GAHBCFG
  static constexpr std::size_t kUsbConfiguration = 0x00c;      ///< GUSBCFG
  static constexpr std::size_t kReset = 0x010;                 ///< GRSTCTL
  static constexpr std::size_t kInterruptStatus = 0x014;       ///< GINTSTS
  static constexpr std::size_t kInterruptMask = 0x018;         ///< GINTMSK
  static constexpr std::size_t kReceiveFifoSize = 0x024;       ///< GRXFSIZ
  static constexpr std::size_t kTransmitFifoSize = 0x028;      ///< GNPTXFSIZ
  static constexpr std::size_t kIdentity = 0x040;              ///< GSNPSID
  static constexpr std::size_t kHardware2 = 0x048;             ///< GHWCFG2
  static constexpr std::size_t kHardware3 = 0x04c;             ///< GHWCFG3
  static constexpr std::size_t kPeriodicFifoSize = 0x100;      ///< HPTXFSIZ
  static constexpr std::size_t kHostConfiguration = 0x400;     ///< HCFG
  static constexpr std::size_t kFrameInterval = 0x404;         ///< HFIR
  static constexpr std::size_t kChannelInterruptMask = 0x418;  ///< HAINTMSK
  static constexpr std::size_t kPort = 0x440;                  ///< HPRT0
  static constexpr std::size_t kChannels = 0x500;
  static constexpr std::size_t kClocks = 0xe00;  ///< PCGCTL
};

/// Of each channel, from kChannels + n * kChannelBytes.
struct Channel {
  static constexpr std::size_t kBytes = 0x20;
  static constexpr std::size_t kCharacteristics = 0x00;  ///< HCCHAR
  static constexpr std::size_t kSplit = 0x04;            ///< HCSPLT
  static constexpr std::size_t kInterrupt = 0x08;        ///< HCINT
  static constexpr std::size_t kInterruptMask = 0x0c;    ///< HCINTMSK
  static constexpr std::size_t kTransfer = 0x10;         ///< HCTSIZ
  static constexpr std::size_t kAddress = 0x14;          ///< HCDMA
};

/// GAHBCFG.
struct BusConfiguration {
  static constexpr std::uint32_t kInterrupts = 1 << 0;
  static constexpr std::uint32_t kDma = 1 << 5;
};

/// GUSBCFG.
struct UsbConfiguration {
  static constexpr std::uint32_t kWidePhy = 1 << 3;
  static constexpr std::uint32_t kUlpi = 1 << 4;
  static constexpr std::uint32_t kSessionRequest = 1 << 8;
  static constexpr std::uint32_t kHostNegotiation = 1 << 9;
  static constexpr std::uint32_t kUlpiFullSpeed = 1 << 17;
  static constexpr std::uint32_t kForceHost = 1 << 29;
  static constexpr std::uint32_t kForceDevice = 1 << 30;
};

/// GRSTCTL.
struct Reset {
  static constexpr std::uint32_t kCore = 1 << 0;
  static constexpr std::uint32_t kFlushReceive = 1 << 4;
  static constexpr std::uint32_t kFlushTransmit = 1 << 5;
  static constexpr std::uint32_t kAllTransmitFifos = 0x10 << 6;
  static constexpr std::uint32_t kIdle = 1u << 31;
};

/// GINTSTS and GINTMSK.
struct Interrupt {
  static constexpr std::uint32_t kHostMode = 1 << 0;  ///< of the status alone
  static constexpr std::uint32_t kChannels = 1 << 25;
};

/// The upper half of GSNPSID: "OT" and the generation.
inline constexpr std::uint32_t kIdentity = 0x4f54;

/// GHWCFG2.
struct Hardware2 {
  std::uint32_t value;

  constexpr std::uint32_t architecture() const { return value >> 3 & 3; }
  constexpr std::uint32_t channels() const { return (value >> 14 & 0xf) + 1; }

  static constexpr std::uint32_t kInternalDma = 2;
};
static_assert(Hardware2{0x228d'dd50}.channels() == 8 &&
              Hardware2{0x228d'dd50}.architecture() == Hardware2::kInternalDma);

/// GHWCFG3.
struct Hardware3 {
  std::uint32_t value;

  /// Of all FIFOs together.
  constexpr std::uint32_t fifo_words() const { return value >> 16; }
};
static_assert(Hardware3{0x0ff0'00e8}.fifo_words() == 4080);

/// HPRT0. Those of kWriteOneToClear change when they are written back as they were read.
struct Port {
  std::uint32_t value;

  static constexpr std::uint32_t kConnected = 1 << 0;
  static constexpr std::uint32_t kConnectionChanged = 1 << 1;
  static constexpr std::uint32_t kEnabled = 1 << 2;
  static constexpr std::uint32_t kEnabledChanged = 1 << 3;
  static constexpr std::uint32_t kOvercurrentChanged = 1 << 5;
  static constexpr std::uint32_t kReset = 1 << 8;
  static constexpr std::uint32_t kPower = 1 << 12;
  static constexpr std::uint32_t kWriteOneToClear =
      kConnectionChanged | kEnabled | kEnabledChanged | kOvercurrentChanged;

  constexpr std::uint32_t speed() const { return value >> 17 & 3; }
  static constexpr std::uint32_t kHighSpeed = 0;
  static constexpr std::uint32_t kFullSpeed = 1;
  static constexpr std::uint32_t kLowSpeed = 2;
};

/// HCCHAR.
struct Characteristics {
  static constexpr std::uint32_t kIn = 1 << 15;
  static constexpr std::uint32_t kLowSpeed = 1 << 17;
  static constexpr std::uint32_t kControl = 0 << 18;
  static constexpr std::uint32_t kBulk = 2 << 18;
  static constexpr std::uint32_t kOnePacketPerFrame = 1 << 20;
  static constexpr std::uint32_t kDisable = 1 << 30;
  static constexpr std::uint32_t kEnable = 1u << 31;

  static constexpr std::uint32_t MaxPacket(std::uint16_t bytes) { return bytes; }
  static constexpr std::uint32_t Number(std::uint8_t number) { return number << 11u; }
  static constexpr std::uint32_t Device(std::uint8_t address) { return address << 22u; }
};

/// HCINT.
struct ChannelInterrupt {
  static constexpr std::uint32_t kComplete = 1 << 0;
  static constexpr std::uint32_t kHalted = 1 << 1;
  static constexpr std::uint32_t kBusError = 1 << 2;
  static constexpr std::uint32_t kStall = 1 << 3;
  static constexpr std::uint32_t kTransactionError = 1 << 7;
  static constexpr std::uint32_t kBabble = 1 << 8;
  static constexpr std::uint32_t kAll = 0x3fff;
};

/// HCTSIZ: what is left of a transfer.
struct Transfer {
  std::uint32_t value;

  static constexpr std::uint32_t kMostBytes = (1 << 19) - 1;
  static constexpr std::uint32_t kMostPackets = (1 << 10) - 1;

  // Which packet comes next.
  static constexpr std::uint32_t kData0 = 0u << 29;
  static constexpr std::uint32_t kData1 = 2u << 29;
  static constexpr std::uint32_t kSetup = 3u << 29;

  static constexpr Transfer Make(std::uint32_t bytes, std::uint32_t packets, std::uint32_t next) {
    return {bytes | packets << 19 | next};
  }
  constexpr std::uint32_t bytes() const { return value & kMostBytes; }
  constexpr std::uint32_t next() const { return value & kData1; }
};

}  // namespace ashlar::dwc2
