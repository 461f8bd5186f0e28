// Registers and descriptors of Intel's gigabit Ethernet controllers [8254x] [82574], as far as the
// driver uses them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace ashlar::e1000 {

/// Offsets [8254x §13.3, 82574 §10.2].
struct Register {
  static constexpr std::size_t kControl = 0x0000;
  static constexpr std::size_t kStatus = 0x0008;
  static constexpr std::size_t kEeprom = 0x0010;
  static constexpr std::size_t kExtendedControl = 0x0018;
  static constexpr std::size_t kInterruptCause = 0x00c0;  ///< cleared by reading
  static constexpr std::size_t kInterruptMaskSet = 0x00d0;
  static constexpr std::size_t kInterruptMaskClear = 0x00d8;
  static constexpr std::size_t kInterruptAutoClear = 0x00dc;  ///< MSI-X only [82574 §10.2.4]
  static constexpr std::size_t kVectors = 0x00e4;             ///< MSI-X only [82574 §10.2.4.9]
  static constexpr std::size_t kReceiveControl = 0x0100;
  static constexpr std::size_t kTransmitControl = 0x0400;
  static constexpr std::size_t kTransmitGap = 0x0410;
  static constexpr std::size_t kConfigurationOwner = 0x0f00;  ///< of the 82574
  static constexpr std::size_t kReceiveBaseLow = 0x2800;
  static constexpr std::size_t kReceiveBaseHigh = 0x2804;
  static constexpr std::size_t kReceiveLength = 0x2808;
  static constexpr std::size_t kReceiveHead = 0x2810;
  static constexpr std::size_t kReceiveTail = 0x2818;
  static constexpr std::size_t kReceiveDelay = 0x2820;
  static constexpr std::size_t kTransmitBaseLow = 0x3800;
  static constexpr std::size_t kTransmitBaseHigh = 0x3804;
  static constexpr std::size_t kTransmitLength = 0x3808;
  static constexpr std::size_t kTransmitHead = 0x3810;
  static constexpr std::size_t kTransmitTail = 0x3818;
  static constexpr std::size_t kTransmitDescriptorControl = 0x3828;
  static constexpr std::size_t kTransmitArbitration = 0x3840;  ///< of the 82574
  static constexpr std::size_t kReceiveChecksum = 0x5000;
  static constexpr std::size_t kReceiveFilter = 0x5008;   ///< of the 82574
  static constexpr std::size_t kMulticastTable = 0x5200;  ///< 128 of them
  static constexpr std::size_t kAddressLow = 0x5400;      ///< the first of 16 pairs
  static constexpr std::size_t kAddressHigh = 0x5404;
  static constexpr std::size_t kManagement = 0x5820;
  static constexpr std::size_t kBusControl = 0x5b00;   ///< of the 82574
  static constexpr std::size_t kBusControl2 = 0x5b64;  ///< of the 82574
};

/// Bytes of register space that the driver reaches into.
inline constexpr std::size_t kRegisterBytes = 0x6000;
inline constexpr std::size_t kMulticastEntries = 128;

/// Device control [8254x §13.4.1].
struct Control {
  static constexpr std::uint32_t kMasterDisable = 1 << 2;  ///< of the 82574 [82574 §10.2.2]
  static constexpr std::uint32_t kLinkReset = 1 << 3;
  static constexpr std::uint32_t kAutoSpeed = 1 << 5;
  static constexpr std::uint32_t kSetLinkUp = 1 << 6;
  static constexpr std::uint32_t kInvertLossOfSignal = 1 << 7;
  static constexpr std::uint32_t kForceSpeed = 1 << 11;
  static constexpr std::uint32_t kForceDuplex = 1 << 12;
  static constexpr std::uint32_t kReset = 1 << 26;
  static constexpr std::uint32_t kVlanMode = 1 << 30;
  static constexpr std::uint32_t kPhyReset = 1u << 31;
};

/// Device status [8254x §13.4.2].
struct Status {
  static constexpr std::uint32_t kLinkUp = 1 << 1;
  static constexpr std::uint32_t kMasterEnabled = 1 << 19;  ///< of the 82574 [82574 §10.2.2]
};

/// Of the EEPROM: whether the card has read it since its last reset [82574 §10.2.2].
inline constexpr std::uint32_t kEepromRead = 1 << 9;

/// Extended device control [82574 §10.2.2].
struct ExtendedControl {
  static constexpr std::uint32_t kDriverLoaded = 1 << 28;   ///< tells the card's own firmware
  static constexpr std::uint32_t kClearPending = 1u << 31;  ///< what is masked pends no longer
};

/// Who writes to the PHY's registers: the driver, or the card's own firmware [82574 §10.2.2].
inline constexpr std::uint32_t kSoftwareOwnsPhy = 1 << 5;

/// Of the filter: no interrupts of their own for frames of TCP without data [82574 §10.2.5].
inline constexpr std::uint32_t kNoAckInterrupts = 1 << 12;

/// Of management: the card answers ARP requests by itself [8254x §13.4].
inline constexpr std::uint32_t kAnswerArp = 1 << 13;

/// Bits of the 82574 that Intel's drivers set or clear on each, some of them against errata; the
/// manual says no more than "reserved" of most [e1000e 82571.c].
struct Reserved82574 {
  static constexpr std::uint32_t kControlOff = 1 << 29;
  static constexpr std::uint32_t kExtendedControlOn = 1 << 22;
  static constexpr std::uint32_t kExtendedControlOff = 1 << 23;
  static constexpr std::uint32_t kTransmitDescriptorControlOn = 1 << 22;
  static constexpr std::uint32_t kTransmitArbitrationOn = 1 << 26;
  static constexpr std::uint32_t kTransmitArbitrationOff = 0xfu << 27;
  static constexpr std::uint32_t kBusControlOn = 1 << 22 | 1 << 27;
  static constexpr std::uint32_t kBusControl2On = 1 << 0;
};

/// Interrupt causes [8254x §13.4.17].
struct Interrupt {
  static constexpr std::uint32_t kTransmitted = 1 << 0;
  static constexpr std::uint32_t kReceiveLow = 1 << 4;
  static constexpr std::uint32_t kReceiveOverrun = 1 << 6;
  static constexpr std::uint32_t kReceived = 1 << 7;
  /// What sends messages of the vector table: anything of the first pair of queues [82574
  /// §10.2.4.1].
  static constexpr std::uint32_t kReceiveQueue = 1 << 20;
  static constexpr std::uint32_t kTransmitQueue = 1 << 22;
};

/// Which entry of the vector table each cause has [82574 §10.2.4.9].
struct Vectors {
  /// The first pair of queues, and all other causes: entry 0; whenever something was sent.
  static constexpr std::uint32_t kAllFirst = 1 << 3 | 1 << 11 | 1 << 19 | 1u << 31;
};

/// Receive control [8254x §13.4.22]. Buffers have 2,048 bytes when nothing else is said.
struct ReceiveControl {
  static constexpr std::uint32_t kEnable = 1 << 1;
  static constexpr std::uint32_t kBroadcast = 1 << 15;
  static constexpr std::uint32_t kStripCrc = 1 << 26;
};

/// Transmit control [8254x §13.4.33] and the gap between frames [§13.4.34], for full duplex.
struct TransmitControl {
  static constexpr std::uint32_t kEnable = 1 << 1;
  static constexpr std::uint32_t kPadShort = 1 << 3;
  static constexpr std::uint32_t kCollisions = 0x0f << 4 | 0x40 << 12;
  static constexpr std::uint32_t kGap = 10 | 8 << 10 | 6 << 20;
};

/// Receive checksum control [8254x §13.4.48].
struct ReceiveChecksum {
  static constexpr std::uint32_t kIp = 1 << 8;
  static constexpr std::uint32_t kTcpUdp = 1 << 9;
};

inline constexpr std::uint32_t kAddressValid = 1u << 31;

/// A receive descriptor [8254x §3.2.3]: the device fills in all but the address.
struct ReceiveDescriptor {
  std::uint64_t address;
  std::uint16_t length;
  std::uint16_t checksum;
  std::uint8_t status;
  std::uint8_t errors;
  std::uint16_t special;

  static constexpr std::uint8_t kDone = 1 << 0;
  static constexpr std::uint8_t kEndOfPacket = 1 << 1;
  static constexpr std::uint8_t kIgnoreChecksum = 1 << 2;
  static constexpr std::uint8_t kTcpUdpChecked = 1 << 5;
  static constexpr std::uint8_t kIpChecked = 1 << 6;
  static constexpr std::uint8_t kTcpUdpError = 1 << 5;
  static constexpr std::uint8_t kIpError = 1 << 6;
  /// Errors of the frame itself: of its check sequence, its symbols, its data.
  static constexpr std::uint8_t kFrameErrors = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 7;
};
static_assert(sizeof(ReceiveDescriptor) == 16 && offsetof(ReceiveDescriptor, status) == 12);

/// A transmit descriptor: of data [8254x §3.3.7], or of a context for the checksums and the
/// segmentation of the data that follow [§3.3.6].
struct TransmitDescriptor {
  std::uint64_t address;  ///< of a context: where checksums start and go
  std::uint32_t command;  ///< length, type, command
  std::uint8_t status;
  std::uint8_t options;
  std::uint16_t special;

  static constexpr std::uint32_t kMaxLength = 16'288;  // [8254x §3.3.3]
  static constexpr std::uint32_t kTypeData = 1 << 20;
  static constexpr std::uint32_t kEndOfPacket = 1 << 24;
  static constexpr std::uint32_t kInsertCrc = 1 << 25;
  static constexpr std::uint32_t kSegment = 1 << 26;
  static constexpr std::uint32_t kReportStatus = 1 << 27;
  static constexpr std::uint32_t kExtended = 1 << 29;
  static constexpr std::uint8_t kDone = 1 << 0;
  static constexpr std::uint8_t kInsertIpChecksum = 1 << 0;
  static constexpr std::uint8_t kInsertTcpUdpChecksum = 1 << 1;
  /// Of a context for segmentation [8254x §3.5.2.2], whose length is the payload's, whose options
  /// are the size of the headers, and whose special field is that of a segment.
  static constexpr std::uint32_t kContextOfTcp = 1 << 24;
  static constexpr std::uint32_t kContextOfIpv4 = 1 << 25;

  /// The first word of a context: a TCP or UDP checksum from `start` to the frame's end, put at
  /// `position`.
  static constexpr std::uint64_t Context(std::uint8_t start, std::uint8_t position) {
    return std::uint64_t{start} << 32 | std::uint64_t{position} << 40;
  }
};
static_assert(sizeof(TransmitDescriptor) == 16 && offsetof(TransmitDescriptor, status) == 12);

}  // namespace ashlar::e1000
