// Compares the numbers of AArch64's system calls with the kernel's list that CPUs share, which
// AArch64 has as it is.
// SPDX-License-Identifier: Apache-2.0
#include "libs/linux/abi_aarch64.h"

#include <asm-generic/unistd.h>
#include <gtest/gtest.h>

namespace ashlar::linux {
namespace {

TEST(AbiAarch64Test, NumbersAreTheKernels) {
  EXPECT_EQ(static_cast<long>(Number::kFcntl), __NR3264_fcntl);
  EXPECT_EQ(static_cast<long>(Number::kIoctl), __NR_ioctl);
  EXPECT_EQ(static_cast<long>(Number::kOpenat), __NR_openat);
  EXPECT_EQ(static_cast<long>(Number::kClose), __NR_close);
  EXPECT_EQ(static_cast<long>(Number::kRead), __NR_read);
  EXPECT_EQ(static_cast<long>(Number::kWrite), __NR_write);
  EXPECT_EQ(static_cast<long>(Number::kLseek), __NR3264_lseek);
  EXPECT_EQ(static_cast<long>(Number::kPread64), __NR_pread64);
  EXPECT_EQ(static_cast<long>(Number::kPwrite64), __NR_pwrite64);
  EXPECT_EQ(static_cast<long>(Number::kFdatasync), __NR_fdatasync);
  EXPECT_EQ(static_cast<long>(Number::kReadv), __NR_readv);
  EXPECT_EQ(static_cast<long>(Number::kWritev), __NR_writev);
  EXPECT_EQ(static_cast<long>(Number::kPpoll), __NR_ppoll);
  EXPECT_EQ(static_cast<long>(Number::kExitGroup), __NR_exit_group);
  EXPECT_EQ(static_cast<long>(Number::kClockGettime), __NR_clock_gettime);
  EXPECT_EQ(static_cast<long>(Number::kSigaltstack), __NR_sigaltstack);
  EXPECT_EQ(static_cast<long>(Number::kRtSigaction), __NR_rt_sigaction);
  EXPECT_EQ(static_cast<long>(Number::kSocket), __NR_socket);
  EXPECT_EQ(static_cast<long>(Number::kBind), __NR_bind);
  EXPECT_EQ(static_cast<long>(Number::kSetsockopt), __NR_setsockopt);
  EXPECT_EQ(static_cast<long>(Number::kMmap), __NR3264_mmap);
  EXPECT_EQ(static_cast<long>(Number::kMprotect), __NR_mprotect);
  EXPECT_EQ(static_cast<long>(Number::kGetrandom), __NR_getrandom);
}

}  // namespace
}  // namespace ashlar::linux
