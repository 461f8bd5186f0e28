// Tests of what can be tested on any CPU: decoding.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "gtest/gtest.h"
#include "libs/arch/aarch64/exception_frame.h"
#include "libs/arch/aarch64/page_table_entry.h"

namespace ashlar::aarch64 {
namespace {

// Syndromes as the CPU gives them for faults at EL1: class, 32-bit instruction, ISS.
constexpr Syndrome kReadUnmapped{0x9600'0007};    // data abort, translation fault, level 3
constexpr Syndrome kWriteUnmapped{0x9600'0047};   // the same, writing
constexpr Syndrome kWriteForbidden{0x9600'004f};  // permission fault, level 3
constexpr Syndrome kFetchUnmapped{0x8600'0005};   // instruction abort, translation fault, level 1
constexpr Syndrome kFetchForbidden{0x8600'000f};  // permission fault, level 3
constexpr Syndrome kUndefined{0x0200'0000};

TEST(AbortTest, APermissionFaultNamesWhatIsForbidden) {
  EXPECT_EQ(DescribeAbort(kWriteForbidden, 0x4010'0000, false), "write to read-only memory");
  EXPECT_EQ(DescribeAbort(kFetchForbidden, 0x4020'0000, false), "execution of data");
}

TEST(AbortTest, TheFirstPageMeansANullPointer) {
  EXPECT_EQ(DescribeAbort(kReadUnmapped, 0, false), "null dereference");
  EXPECT_EQ(DescribeAbort(kWriteUnmapped, 0xfff, false), "null dereference");
  EXPECT_EQ(DescribeAbort(kFetchUnmapped, 0, false), "call of a null pointer");
  EXPECT_EQ(DescribeAbort(kReadUnmapped, 0x1000, false), "read of unmapped memory");
  EXPECT_EQ(DescribeAbort(kWriteUnmapped, 0x1000, false), "write to unmapped memory");
  EXPECT_EQ(DescribeAbort(kFetchUnmapped, 0x1000, false), "execution of unmapped memory");
}

TEST(AbortTest, AnUnmappedStackMeansOverflow) {
  EXPECT_EQ(DescribeAbort(kWriteUnmapped, 0x4015'0ff0, true), "stack overflow");
  // The page that was touched is there, so the stack is not why.
  EXPECT_EQ(DescribeAbort(kWriteForbidden, 0x4015'0ff0, true), "write to read-only memory");
}

TEST(AbortTest, AStoreThatMovesTheStackPointerReachesBelowIt) {
  EXPECT_TRUE(IsPush(0x4015'0ff0, 0x4015'1000));
  EXPECT_TRUE(IsPush(0x4015'0e00, 0x4015'1000));
  EXPECT_FALSE(IsPush(0x4015'0dff, 0x4015'1000));
  EXPECT_FALSE(IsPush(0x4015'1000, 0x4015'1000));
  EXPECT_FALSE(IsPush(0xffff'ffff'ffff'fff8, 8));
}

TEST(AbortTest, WhatIsNoMappingsFaultIsNamedToo) {
  EXPECT_EQ(DescribeAbort(Syndrome{0x9600'0021}, 0x4010'0001, false), "misaligned access");
  EXPECT_EQ(DescribeAbort(Syndrome{0x9600'0010}, 0x4010'0000, false), "no answer from memory");
  EXPECT_EQ(DescribeAbort(Syndrome{0x9600'0000}, 0x4010'0000, false), "broken page table");
}

TEST(ExceptionTest, ClassesHaveNames) {
  EXPECT_EQ(DescribeException(kUndefined), "invalid instruction");
  EXPECT_EQ(DescribeException(Syndrome{0xf200'0001}), "breakpoint");
  EXPECT_EQ(DescribeException(Syndrome{std::uint64_t{0x3f} << 26}), "unknown exception");
}

TEST(ExceptionTest, TheVectorTellsTheKind) {
  EXPECT_EQ(KindOf(0), ExceptionKind::kSynchronous);
  EXPECT_EQ(KindOf(5), ExceptionKind::kInterrupt);
  EXPECT_EQ(KindOf(7), ExceptionKind::kSystemError);
}

TEST(PageTableEntryTest, APageSaysWhatItAllows) {
  constexpr PageTableEntry kCode{0x4010'0000 | PageTableEntry::PageFlags(1, false, true, false)};
  EXPECT_TRUE(kCode.executable());
  EXPECT_FALSE(kCode.writable());
  EXPECT_FALSE(kCode.device());
  constexpr PageTableEntry kRegisters{0x0900'0000 |
                                      PageTableEntry::PageFlags(2, true, false, true)};
  EXPECT_FALSE(kRegisters.executable());
  EXPECT_TRUE(kRegisters.writable());
  EXPECT_TRUE(kRegisters.device());
  EXPECT_TRUE(kRegisters.large());
  // Nothing is executable outside EL1, whoever gets there.
  EXPECT_NE(kCode.value & PageTableEntry::kUserNoExecute, 0U);
}

}  // namespace
}  // namespace ashlar::aarch64
