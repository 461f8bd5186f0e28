// System calls against the running kernel: results, and errors by their names.
// SPDX-License-Identifier: Apache-2.0
#include "libs/linux/linux.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <span>

namespace ashlar::linux {
namespace {

TEST(LinuxTest, ErrorsAreNamedAfterWhatACallerCanDo) {
  EXPECT_EQ(ErrorFrom(kEperm), Error::kPermission);
  EXPECT_EQ(ErrorFrom(kEagain), Error::kWouldBlock);
  EXPECT_EQ(ErrorFrom(kEbusy), Error::kExists);
  EXPECT_EQ(ErrorFrom(kEnosys), Error::kUnsupported);
  EXPECT_EQ(ErrorFrom(kEio), Error::kInputOutput);
  EXPECT_EQ(ErrorFrom(4000), Error::kInputOutput);
}

TEST(LinuxTest, OpensReadsAndWrites) {
  const Result<int> zero = Open("/dev/zero", kOpenReadWrite | kOpenCloexec);
  ASSERT_TRUE(zero.has_value());
  std::array<std::byte, 8> bytes;
  bytes.fill(std::byte{1});
  EXPECT_EQ(Read(*zero, bytes), 8u);
  EXPECT_EQ(bytes, (std::array<std::byte, 8>{}));
  EXPECT_EQ(Write(*zero, bytes), 8u);
  Close(*zero);
  EXPECT_EQ(Read(*zero, bytes), std::unexpected(Error::kBroken));
}

TEST(LinuxTest, MissingFilesAreNotFound) {
  EXPECT_EQ(Open("/no/such/file", kOpenReadWrite), std::unexpected(Error::kNotFound));
}

TEST(LinuxTest, VectorsGatherAndScatter) {
  const Result<int> zero = Open("/dev/zero", kOpenReadWrite | kOpenCloexec);
  ASSERT_TRUE(zero.has_value());
  std::array<char, 3> first = {'a', 'b', 'c'};
  std::array<char, 2> second = {'d', 'e'};
  const std::array<IoVector, 2> parts = {
      {{first.data(), first.size()}, {second.data(), second.size()}}};
  EXPECT_EQ(WriteVector(*zero, parts), 5u);
  EXPECT_EQ(ReadVector(*zero, parts), 5u);
  EXPECT_EQ(first[2], '\0');
  EXPECT_EQ(second[1], '\0');
  Close(*zero);
}

TEST(LinuxTest, AFileIsReadWhereOneWants) {
  const Result<int> program = Open("/proc/self/exe", kOpenReadOnly | kOpenCloexec);
  ASSERT_TRUE(program.has_value());
  std::array<std::byte, 3> name;
  EXPECT_EQ(ReadAt(*program, name, 1), 3u);
  EXPECT_EQ(std::memcmp(name.data(), "ELF", 3), 0);
  EXPECT_GT(Size(*program).value_or(0), 1000u);
  EXPECT_EQ(ReadAt(*program, name, *Size(*program)), 0u);
  EXPECT_EQ(WriteAt(*program, name, 0), std::unexpected(Error::kBroken));
  EXPECT_TRUE(SynchronizeData(*program));
  Close(*program);
  EXPECT_EQ(SynchronizeData(*program), std::unexpected(Error::kBroken));
}

TEST(LinuxTest, MapsAndProtects) {
  const Result<std::span<std::byte>> pages = MapAnonymous(8192, kProtRead | kProtWrite, 0);
  ASSERT_TRUE(pages.has_value());
  (*pages)[8191] = std::byte{7};
  EXPECT_TRUE(Protect(pages->first(4096), kProtNone).has_value());
  EXPECT_EQ((*pages)[8191], std::byte{7});
  EXPECT_FALSE(Protect(std::span(reinterpret_cast<std::byte*>(1), 4096), kProtRead).has_value());
}

TEST(LinuxTest, PollReturnsAtItsTimeout) {
  const Timespec timeout = {.seconds = 0, .nanoseconds = 1};
  EXPECT_EQ(Poll({}, &timeout), 0);
}

TEST(LinuxTest, ClocksGoForward) {
  const Result<Timespec> before = ClockGettime(kClockMonotonic);
  const Result<Timespec> after = ClockGettime(kClockMonotonic);
  ASSERT_TRUE(before.has_value() && after.has_value());
  EXPECT_LE(before->seconds, after->seconds);
  EXPECT_EQ(ClockGettime(999), std::unexpected(Error::kInvalidArgument));
}

TEST(LinuxTest, RandomBytesDiffer) {
  std::array<std::byte, 16> first = {};
  std::array<std::byte, 16> second = {};
  EXPECT_EQ(GetRandom(first), 16u);
  EXPECT_EQ(GetRandom(second), 16u);
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace ashlar::linux
