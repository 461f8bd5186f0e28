// The structures and constants that pass between a process and the Linux kernel, as far as Ashlar
// uses them. Names are Linux's, in the house's spelling; every layout is asserted here and compared
// with the kernel's own headers in abi_test.cc. What differs between CPUs is in abi_cpu.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "libs/linux/abi_cpu.h"
#include "libs/linux/signal_stack.h"

namespace ashlar::linux {

// Error numbers [linux include/uapi/asm-generic/errno-base.h, errno.h].
inline constexpr int kEperm = 1;
inline constexpr int kEnoent = 2;
inline constexpr int kEintr = 4;
inline constexpr int kEio = 5;
inline constexpr int kEnxio = 6;
inline constexpr int kEbadf = 9;
inline constexpr int kEagain = 11;
inline constexpr int kEnomem = 12;
inline constexpr int kEacces = 13;
inline constexpr int kEbusy = 16;
inline constexpr int kEexist = 17;
inline constexpr int kEnodev = 19;
inline constexpr int kEinval = 22;
inline constexpr int kEnosys = 38;
inline constexpr int kEbadfd = 77;
inline constexpr int kEmsgsize = 90;
inline constexpr int kEopnotsupp = 95;
inline constexpr int kEnobufs = 105;

inline constexpr int kStandardInput = 0;
inline constexpr int kStandardOutput = 1;

// openat(2)
inline constexpr int kAtFdcwd = -100;
inline constexpr int kOpenReadOnly = 0;
inline constexpr int kOpenReadWrite = 02;
inline constexpr int kOpenNonblock = 04000;
inline constexpr int kOpenCloexec = 02000000;

// lseek(2)
inline constexpr int kFromEnd = 2;

// fcntl(2)
inline constexpr int kSetStatusFlags = 4;

// mmap(2), mprotect(2)
inline constexpr int kProtNone = 0;
inline constexpr int kProtRead = 1;
inline constexpr int kProtWrite = 2;
inline constexpr int kProtExecute = 4;
inline constexpr int kMapPrivate = 0x02;
inline constexpr int kMapAnonymous = 0x20;
inline constexpr int kMapNoreserve = 0x4000;

// clock_gettime(2)
inline constexpr int kClockRealtime = 0;
inline constexpr int kClockMonotonic = 1;

struct Timespec {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};
static_assert(sizeof(Timespec) == 16);

// ppoll(2)
struct PollFd {
  std::int32_t fd;
  std::int16_t events;
  std::int16_t revents;
};
static_assert(sizeof(PollFd) == 8 && offsetof(PollFd, revents) == 6);
inline constexpr std::int16_t kPollIn = 1;
inline constexpr std::int16_t kPollOut = 4;
inline constexpr std::int16_t kPollInvalid = 0x20;

// readv(2), writev(2)
struct IoVector {
  const void* base;
  std::size_t length;
};
static_assert(sizeof(IoVector) == 16);

// The auxiliary vector [linux include/uapi/linux/auxvec.h], between envp and the strings on a new
// process's stack.
struct AuxiliaryEntry {
  std::uint64_t type;
  std::uint64_t value;
};
static_assert(sizeof(AuxiliaryEntry) == 16);
inline constexpr std::uint64_t kAtNull = 0;
inline constexpr std::uint64_t kAtHardwareCapabilities2 = 26;
inline constexpr std::uint64_t kAtVdso = 33;  // AT_SYSINFO_EHDR

// Signals.
inline constexpr int kSigill = 4;
inline constexpr int kSigtrap = 5;
inline constexpr int kSigbus = 7;
inline constexpr int kSigfpe = 8;
inline constexpr int kSigsegv = 11;
inline constexpr int kSigpipe = 13;
inline constexpr std::uint64_t kSaSiginfo = 0x4;
inline constexpr std::uint64_t kSaRestorer = 0x04000000;
inline constexpr std::uint64_t kSaOnstack = 0x08000000;
inline constexpr std::uint64_t kSaNodefer = 0x40000000;

// Codes of SIGSEGV.
inline constexpr int kSegmentUnmapped = 1;
inline constexpr int kSegmentAccess = 2;

struct SignalInfo {
  std::int32_t signal = 0;
  std::int32_t error = 0;
  std::int32_t code = 0;
  std::int32_t padding = 0;
  std::uint64_t address = 0;  // of the fault, for the signals above
  std::uint8_t rest[104] = {};
};
static_assert(sizeof(SignalInfo) == 128 && offsetof(SignalInfo, address) == 16);

using SignalHandler = void (*)(int signal, SignalInfo* info, UserContext* context);
inline constexpr std::uintptr_t kIgnoreSignal = 1;  // in a handler's place (SIG_IGN)

/// The kernel's struct sigaction, not the C library's.
struct SignalAction {
  SignalHandler handler;
  std::uint64_t flags;
  void (*restorer)();
  std::uint64_t mask;
};
static_assert(sizeof(SignalAction) == 32);

// Network interfaces [linux include/uapi/linux/if.h, if_tun.h].
inline constexpr std::size_t kInterfaceNameSize = 16;

struct InterfaceRequest {
  char name[kInterfaceNameSize];
  union {
    std::int16_t flags;
    std::int32_t number;                // an index or an MTU
    std::uint8_t hardware_address[16];  // struct sockaddr: family, then the address
    std::uint8_t rest[24];
  };
};
static_assert(sizeof(InterfaceRequest) == 40 && offsetof(InterfaceRequest, flags) == 16);

inline constexpr unsigned kTunSetIff = 0x400454ca;
inline constexpr unsigned kTunSetOffload = 0x400454d0;
inline constexpr unsigned kTunGetIff = 0x800454d2;
inline constexpr unsigned kTunSetVnetHeaderSize = 0x400454d8;
inline constexpr unsigned kGetInterfaceFlags = 0x8913;
inline constexpr unsigned kGetInterfaceMtu = 0x8921;
inline constexpr unsigned kGetInterfaceHardwareAddress = 0x8927;
inline constexpr unsigned kGetInterfaceIndex = 0x8933;

inline constexpr std::int16_t kInterfaceTap = 0x0002;
inline constexpr std::int16_t kInterfaceNoPacketInformation = 0x1000;
inline constexpr std::int16_t kInterfaceVnetHeader = 0x4000;

inline constexpr unsigned kTunOffloadChecksum = 0x01;
inline constexpr unsigned kTunOffloadTso4 = 0x02;
inline constexpr unsigned kTunOffloadTso6 = 0x04;
inline constexpr unsigned kTunOffloadTsoEcn = 0x08;

// Packet sockets [linux include/uapi/linux/if_packet.h].
inline constexpr int kAddressFamilyInet = 2;
inline constexpr int kAddressFamilyPacket = 17;
inline constexpr int kSocketDatagram = 2;
inline constexpr int kSocketRaw = 3;
inline constexpr int kSocketNonblock = kOpenNonblock;
inline constexpr int kSocketCloexec = kOpenCloexec;
inline constexpr std::uint16_t kEthernetAllBigEndian = 0x0300;  // htons(ETH_P_ALL)

inline constexpr int kSocketLevelPacket = 263;
inline constexpr int kPacketAddMembership = 1;
inline constexpr int kPacketVnetHeader = 15;
inline constexpr int kPacketIgnoreOutgoing = 23;

struct PacketMembership {
  std::int32_t interface_index;
  std::uint16_t type;
  std::uint16_t address_length;
  std::uint8_t address[8];
};
static_assert(sizeof(PacketMembership) == 16);
inline constexpr std::uint16_t kPacketMembershipPromiscuous = 1;

struct PacketAddress {
  std::uint16_t family;
  std::uint16_t protocol;  // big-endian
  std::int32_t interface_index;
  std::uint16_t hardware_type;
  std::uint8_t packet_type;
  std::uint8_t address_length;
  std::uint8_t address[8];
};
static_assert(sizeof(PacketAddress) == 20 && offsetof(PacketAddress, address) == 12);

/// The header before each frame of a tap or packet socket that asked for it: a legacy virtio-net
/// header, in the CPU's byte order, so that it says the same as a virtio device [VIRTIO-1.2
/// §5.1.6].
struct VnetHeader {
  std::uint8_t flags = 0;
  std::uint8_t segmentation_type = 0;
  std::uint16_t header_length = 0;
  std::uint16_t segment_size = 0;
  std::uint16_t checksum_start = 0;
  std::uint16_t checksum_offset = 0;
};
static_assert(sizeof(VnetHeader) == 10);
inline constexpr std::uint8_t kVnetNeedsChecksum = 1;
inline constexpr std::uint8_t kVnetDataValid = 2;
inline constexpr std::uint8_t kVnetSegmentTcp4 = 1;
inline constexpr std::uint8_t kVnetSegmentTcp6 = 4;

}  // namespace ashlar::linux
