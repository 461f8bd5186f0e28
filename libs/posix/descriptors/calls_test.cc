// The C functions over descriptors, as a guest's program calls them.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <string>

#include "gtest/gtest.h"

namespace {

TEST(DescriptorCallsTest, ConsoleIsATerminal) {
  EXPECT_EQ(isatty(1), 1);
  struct stat status;
  EXPECT_EQ(fstat(2, &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode));
  EXPECT_EQ(write(1, "", 0), 0);
  char byte = 0;
  EXPECT_EQ(read(0, &byte, 1), 0);
  EXPECT_EQ(lseek(1, 0, SEEK_CUR), -1);
  EXPECT_EQ(errno, ESPIPE);
}

TEST(DescriptorCallsTest, BadNumbersAreRefused) {
  char byte = 0;
  EXPECT_EQ(read(50, &byte, 1), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(write(-1, &byte, 1), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(close(50), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(dup(50), -1);
  EXPECT_EQ(fcntl(50, F_GETFL), -1);
  EXPECT_EQ(isatty(50), 0);
  EXPECT_EQ(errno, EBADF);
}

TEST(DescriptorCallsTest, PipeCarriesBytes) {
  std::array<int, 2> ends;
  ASSERT_EQ(pipe(ends.data()), 0);
  std::string one = "hello ";
  std::string two = "world";
  const std::array<iovec, 2> pieces = {iovec{one.data(), one.size()},
                                       iovec{two.data(), two.size()}};
  EXPECT_EQ(writev(ends[1], pieces.data(), 2), 11);
  std::array<char, 32> buffer = {};
  EXPECT_EQ(read(ends[0], buffer.data(), buffer.size()), 11);
  EXPECT_STREQ(buffer.data(), "hello world");
  EXPECT_EQ(isatty(ends[0]), 0);
  EXPECT_EQ(errno, ENOTTY);
  struct stat status;
  EXPECT_EQ(fstat(ends[0], &status), 0);
  EXPECT_TRUE(S_ISFIFO(status.st_mode));
  EXPECT_EQ(write(ends[0], "x", 1), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(close(ends[1]), 0);
  EXPECT_EQ(read(ends[0], buffer.data(), buffer.size()), 0);
  EXPECT_EQ(close(ends[0]), 0);
}

TEST(DescriptorCallsTest, FlagsAreKeptPerFileAndPerDescriptor) {
  std::array<int, 2> ends;
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  EXPECT_EQ(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(fcntl(ends[0], F_SETFD, 0), 0);
  EXPECT_EQ(fcntl(ends[0], F_GETFD), 0);
  const int copy = fcntl(ends[0], F_DUPFD, 100);
  EXPECT_EQ(copy, 100);
  EXPECT_EQ(fcntl(copy, F_SETFL, O_NONBLOCK), 0);
  EXPECT_EQ(fcntl(ends[0], F_GETFL), O_RDONLY | O_NONBLOCK);
  char byte = 0;
  EXPECT_EQ(read(ends[0], &byte, 1), -1);
  EXPECT_EQ(errno, EAGAIN);
  int off = 0;
  EXPECT_EQ(ioctl(copy, FIONBIO, &off), 0);
  EXPECT_EQ(fcntl(ends[0], F_GETFL), O_RDONLY);
  EXPECT_EQ(fcntl(ends[0], 12345), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(ioctl(ends[0], 12345), -1);
  EXPECT_EQ(errno, ENOTTY);
  EXPECT_EQ(close(copy), 0);
  EXPECT_EQ(close(ends[0]), 0);
  EXPECT_EQ(close(ends[1]), 0);
}

TEST(DescriptorCallsTest, StandardOutputCanBeRedirected) {
  std::array<int, 2> ends;
  ASSERT_EQ(pipe(ends.data()), 0);
  fflush(stdout);
  const int saved = dup(1);
  EXPECT_EQ(dup2(ends[1], 1), 1);
  printf("captured");
  fflush(stdout);
  EXPECT_EQ(dup2(saved, 1), 1);
  std::array<char, 32> buffer = {};
  EXPECT_EQ(read(ends[0], buffer.data(), buffer.size()), 8);
  EXPECT_STREQ(buffer.data(), "captured");
  EXPECT_EQ(dup2(99, 5), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(dup2(1, 1), 1);
  EXPECT_EQ(dup3(1, 1, 0), -1);
  EXPECT_EQ(errno, EINVAL);
  for (int number : {saved, ends[0], ends[1]}) {
    EXPECT_EQ(close(number), 0);
  }
}

}  // namespace
