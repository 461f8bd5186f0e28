// Signals and page faults of x86-64, and the names that their reports give them.
// SPDX-License-Identifier: Apache-2.0
#include "platforms/linuxu/fault_name.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "libs/linux/abi.h"

namespace ashlar::linuxu {
namespace {

constexpr std::uintptr_t kGuard = 0x40a000;
constexpr std::uint64_t kStackPointer = 0x7000000;

std::string_view NamePageFault(std::uint64_t address, std::uint64_t code) {
  linux::SignalContext registers = {};
  registers.trap_number = linux::kTrapPageFault;
  registers.cr2 = address;
  registers.error_code = code;
  registers.rsp = kStackPointer;
  return NameFault({.signal = linux::kSigsegv}, registers, kGuard);
}

// Error codes [Intel-SDM-3 §4.7]: 1 present, 2 write, 4 user, 0x10 fetch.
TEST(FaultNameTest, PageZeroIsANullPointer) {
  EXPECT_EQ(NamePageFault(0, 4), "null dereference (read)");
  EXPECT_EQ(NamePageFault(0xff8, 6), "null dereference (write)");
  EXPECT_EQ(NamePageFault(0, 0x14), "call of a null pointer");
  EXPECT_EQ(NamePageFault(0x1000, 4), "read of unmapped memory");
}

TEST(FaultNameTest, PermissionsAreNamed) {
  EXPECT_EQ(NamePageFault(0x401000, 7), "write to read-only memory");
  EXPECT_EQ(NamePageFault(0x403000, 0x15), "execution of data");
  EXPECT_EQ(NamePageFault(0x403000, 0x14), "jump to unmapped memory");
  EXPECT_EQ(NamePageFault(0x900000000, 6), "write to unmapped memory");
}

TEST(FaultNameTest, StackOverflowIsKnownByTheGuardOrTheStackPointer) {
  EXPECT_EQ(NamePageFault(kGuard + 0xff8, 6), "stack overflow");
  EXPECT_EQ(NamePageFault(kStackPointer - 8, 6), "stack overflow");
  EXPECT_EQ(NamePageFault(kStackPointer + 0xff0, 6), "stack overflow");
  EXPECT_EQ(NamePageFault(kStackPointer - 0x10000, 6), "write to unmapped memory");
}

TEST(FaultNameTest, OtherSignalsAreNamed) {
  linux::SignalContext registers = {};
  EXPECT_EQ(NameFault({.signal = linux::kSigfpe}, registers, kGuard), "division by zero");
  registers.trap_number = 19;
  EXPECT_EQ(NameFault({.signal = linux::kSigfpe}, registers, kGuard), "floating-point exception");
  EXPECT_EQ(NameFault({.signal = linux::kSigill}, registers, kGuard), "invalid instruction");
  registers.trap_number = 13;
  EXPECT_TRUE(
      NameFault({.signal = linux::kSigsegv}, registers, kGuard).starts_with("general protection"));
  EXPECT_TRUE(NameFault({.signal = linux::kSigbus}, registers, kGuard).starts_with("bus error"));
}

}  // namespace
}  // namespace ashlar::linuxu
