// Compares abi.h with the kernel's own headers.
// SPDX-License-Identifier: Apache-2.0
#include "libs/linux/abi.h"

#include <asm/hwcap2.h>
#include <asm/prctl.h>
#include <asm/unistd.h>
#include <gtest/gtest.h>
#include <linux/auxvec.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <cerrno>
#include <csignal>
#include <cstddef>

#include "libs/linux/system_call.h"

namespace ashlar::linux {
namespace {

TEST(AbiTest, NumbersAreTheKernels) {
  EXPECT_EQ(static_cast<long>(Number::kRead), __NR_read);
  EXPECT_EQ(static_cast<long>(Number::kWrite), __NR_write);
  EXPECT_EQ(static_cast<long>(Number::kClose), __NR_close);
  EXPECT_EQ(static_cast<long>(Number::kMmap), __NR_mmap);
  EXPECT_EQ(static_cast<long>(Number::kMprotect), __NR_mprotect);
  EXPECT_EQ(static_cast<long>(Number::kRtSigaction), __NR_rt_sigaction);
  EXPECT_EQ(static_cast<long>(Number::kIoctl), __NR_ioctl);
  EXPECT_EQ(static_cast<long>(Number::kLseek), __NR_lseek);
  EXPECT_EQ(static_cast<long>(Number::kPread64), __NR_pread64);
  EXPECT_EQ(static_cast<long>(Number::kPwrite64), __NR_pwrite64);
  EXPECT_EQ(static_cast<long>(Number::kFdatasync), __NR_fdatasync);
  EXPECT_EQ(static_cast<long>(Number::kReadv), __NR_readv);
  EXPECT_EQ(static_cast<long>(Number::kWritev), __NR_writev);
  EXPECT_EQ(static_cast<long>(Number::kSocket), __NR_socket);
  EXPECT_EQ(static_cast<long>(Number::kBind), __NR_bind);
  EXPECT_EQ(static_cast<long>(Number::kSetsockopt), __NR_setsockopt);
  EXPECT_EQ(static_cast<long>(Number::kFcntl), __NR_fcntl);
  EXPECT_EQ(static_cast<long>(Number::kSigaltstack), __NR_sigaltstack);
  EXPECT_EQ(static_cast<long>(Number::kArchPrctl), __NR_arch_prctl);
  EXPECT_EQ(static_cast<long>(Number::kClockGettime), __NR_clock_gettime);
  EXPECT_EQ(static_cast<long>(Number::kExitGroup), __NR_exit_group);
  EXPECT_EQ(static_cast<long>(Number::kOpenat), __NR_openat);
  EXPECT_EQ(static_cast<long>(Number::kPpoll), __NR_ppoll);
  EXPECT_EQ(static_cast<long>(Number::kGetrandom), __NR_getrandom);
}

TEST(AbiTest, ErrorNumbersAreTheKernels) {
  EXPECT_EQ(kEperm, EPERM);
  EXPECT_EQ(kEnoent, ENOENT);
  EXPECT_EQ(kEintr, EINTR);
  EXPECT_EQ(kEio, EIO);
  EXPECT_EQ(kEnxio, ENXIO);
  EXPECT_EQ(kEbadf, EBADF);
  EXPECT_EQ(kEagain, EAGAIN);
  EXPECT_EQ(kEnomem, ENOMEM);
  EXPECT_EQ(kEacces, EACCES);
  EXPECT_EQ(kEbusy, EBUSY);
  EXPECT_EQ(kEexist, EEXIST);
  EXPECT_EQ(kEnodev, ENODEV);
  EXPECT_EQ(kEinval, EINVAL);
  EXPECT_EQ(kEnosys, ENOSYS);
  EXPECT_EQ(kEbadfd, EBADFD);
  EXPECT_EQ(kEmsgsize, EMSGSIZE);
  EXPECT_EQ(kEopnotsupp, EOPNOTSUPP);
  EXPECT_EQ(kEnobufs, ENOBUFS);
}

TEST(AbiTest, FlagsAreTheKernels) {
  EXPECT_EQ(kAtFdcwd, AT_FDCWD);
  EXPECT_EQ(kOpenReadOnly, O_RDONLY);
  EXPECT_EQ(kOpenReadWrite, O_RDWR);
  EXPECT_EQ(kFromEnd, SEEK_END);
  EXPECT_EQ(kOpenNonblock, O_NONBLOCK);
  EXPECT_EQ(kOpenCloexec, O_CLOEXEC);
  EXPECT_EQ(kSetStatusFlags, F_SETFL);
  EXPECT_EQ(kProtRead, PROT_READ);
  EXPECT_EQ(kProtWrite, PROT_WRITE);
  EXPECT_EQ(kProtExecute, PROT_EXEC);
  EXPECT_EQ(kMapPrivate, MAP_PRIVATE);
  EXPECT_EQ(kMapAnonymous, MAP_ANONYMOUS);
  EXPECT_EQ(kMapNoreserve, MAP_NORESERVE);
  EXPECT_EQ(kPollIn, POLLIN);
  EXPECT_EQ(kPollOut, POLLOUT);
  EXPECT_EQ(kPollInvalid, POLLNVAL);
  EXPECT_EQ(kArchSetFs, ARCH_SET_FS);
  EXPECT_EQ(kAtHardwareCapabilities2, std::uint64_t{AT_HWCAP2});
  EXPECT_EQ(kAtVdso, std::uint64_t{AT_SYSINFO_EHDR});
  EXPECT_EQ(kHardwareCapability2Fsgsbase, std::uint64_t{HWCAP2_FSGSBASE});
  EXPECT_EQ(kSaSiginfo, static_cast<std::uint64_t>(SA_SIGINFO));
  EXPECT_EQ(kSaOnstack, static_cast<std::uint64_t>(SA_ONSTACK));
  EXPECT_EQ(kSaNodefer, static_cast<std::uint64_t>(SA_NODEFER));
  EXPECT_EQ(kSigsegv, SIGSEGV);
  EXPECT_EQ(kSigbus, SIGBUS);
  EXPECT_EQ(kSigill, SIGILL);
  EXPECT_EQ(kSigfpe, SIGFPE);
  EXPECT_EQ(kSigtrap, SIGTRAP);
}

TEST(AbiTest, NetworkRequestsAreTheKernels) {
  EXPECT_EQ(kTunSetIff, TUNSETIFF);
  EXPECT_EQ(kTunGetIff, TUNGETIFF);
  EXPECT_EQ(kTunSetOffload, TUNSETOFFLOAD);
  EXPECT_EQ(kTunSetVnetHeaderSize, TUNSETVNETHDRSZ);
  EXPECT_EQ(kGetInterfaceFlags, unsigned{SIOCGIFFLAGS});
  EXPECT_EQ(kGetInterfaceMtu, unsigned{SIOCGIFMTU});
  EXPECT_EQ(kGetInterfaceHardwareAddress, unsigned{SIOCGIFHWADDR});
  EXPECT_EQ(kGetInterfaceIndex, unsigned{SIOCGIFINDEX});
  EXPECT_EQ(kInterfaceTap, IFF_TAP);
  EXPECT_EQ(kInterfaceNoPacketInformation, IFF_NO_PI);
  EXPECT_EQ(kInterfaceVnetHeader, IFF_VNET_HDR);
  EXPECT_EQ(kTunOffloadChecksum, unsigned{TUN_F_CSUM});
  EXPECT_EQ(kTunOffloadTso4, unsigned{TUN_F_TSO4});
  EXPECT_EQ(kTunOffloadTso6, unsigned{TUN_F_TSO6});
  EXPECT_EQ(kTunOffloadTsoEcn, unsigned{TUN_F_TSO_ECN});
  EXPECT_EQ(kSocketLevelPacket, SOL_PACKET);
  EXPECT_EQ(kPacketAddMembership, PACKET_ADD_MEMBERSHIP);
  EXPECT_EQ(kPacketVnetHeader, PACKET_VNET_HDR);
  EXPECT_EQ(kPacketIgnoreOutgoing, PACKET_IGNORE_OUTGOING);
  EXPECT_EQ(kPacketMembershipPromiscuous, PACKET_MR_PROMISC);
  EXPECT_EQ(kEthernetAllBigEndian, __builtin_bswap16(ETH_P_ALL));
}

TEST(AbiTest, StructuresAreTheKernels) {
  EXPECT_EQ(sizeof(PollFd), sizeof(pollfd));
  EXPECT_EQ(sizeof(InterfaceRequest), sizeof(ifreq));
  EXPECT_EQ(sizeof(PacketAddress), sizeof(sockaddr_ll));
  EXPECT_EQ(sizeof(PacketMembership), sizeof(packet_mreq));
  EXPECT_EQ(sizeof(SignalInfo), sizeof(siginfo_t));
  EXPECT_EQ(offsetof(SignalInfo, address), offsetof(siginfo_t, si_addr));
  EXPECT_EQ(kSegmentUnmapped, SEGV_MAPERR);
  EXPECT_EQ(kSegmentAccess, SEGV_ACCERR);
  EXPECT_EQ(sizeof(SignalStack), sizeof(stack_t));
  EXPECT_EQ(offsetof(SignalContext, rip), offsetof(sigcontext, rip));
  EXPECT_EQ(offsetof(SignalContext, error_code), offsetof(sigcontext, err));
  EXPECT_EQ(offsetof(SignalContext, trap_number), offsetof(sigcontext, trapno));
  EXPECT_EQ(offsetof(SignalContext, cr2), offsetof(sigcontext, cr2));
  EXPECT_EQ(offsetof(UserContext, registers), offsetof(ucontext_t, uc_mcontext));
}

}  // namespace
}  // namespace ashlar::linux
