// Tests of what can be tested without privilege: decoding.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "gtest/gtest.h"
#include "libs/arch/x86_64/cpuid.h"
#include "libs/arch/x86_64/exception_frame.h"
#include "libs/arch/x86_64/page_table_entry.h"

namespace ashlar::x86_64 {
namespace {

constexpr PageFaultCode kReadUnmapped{0};
constexpr PageFaultCode kReadForbidden{1};
constexpr PageFaultCode kWriteUnmapped{2};
constexpr PageFaultCode kWriteForbidden{3};
constexpr PageFaultCode kFetchUnmapped{16};
constexpr PageFaultCode kFetchForbidden{17};

TEST(PageFaultTest, AWriteToAPresentPageMeansReadOnlyMemory) {
  EXPECT_EQ(DescribePageFault(kWriteForbidden, 0x100000, false), "write to read-only memory");
}

TEST(PageFaultTest, AFetchFromAPresentPageMeansExecutionOfData) {
  EXPECT_EQ(DescribePageFault(kFetchForbidden, 0x104000, false), "execution of data");
}

TEST(PageFaultTest, TheFirstPageMeansANullPointer) {
  EXPECT_EQ(DescribePageFault(kReadUnmapped, 0, false), "null dereference");
  EXPECT_EQ(DescribePageFault(kWriteUnmapped, 0xfff, false), "null dereference");
  EXPECT_EQ(DescribePageFault(kFetchUnmapped, 0, false), "call of a null pointer");
  EXPECT_EQ(DescribePageFault(kReadUnmapped, 0x1000, false), "read of unmapped memory");
}

TEST(PageFaultTest, AnUnmappedStackMeansOverflow) {
  EXPECT_EQ(DescribePageFault(kWriteUnmapped, 0x150ff8, true), "stack overflow");
  // The page that was touched is there, so the stack is not why.
  EXPECT_EQ(DescribePageFault(kReadForbidden, 0x150ff8, true), "write to read-only memory");
}

TEST(PageTableEntryTest, LookUpFindsPagesOfEverySizeAndHoles) {
  alignas(4096) static PageTable level1;
  alignas(4096) static PageTable level2;
  alignas(4096) static PageTable level3;
  alignas(4096) static PageTable root;
  const auto link = [](const PageTable& table) {
    return PageTableEntry{reinterpret_cast<std::uintptr_t>(&table) | 3};
  };
  root[0] = link(level3);
  level3[0] = link(level2);
  level3[1] = {0x4000'0000 | 0x83};
  level2[0] = link(level1);
  level2[1] = {0x20'0000 | 0x83};
  level1[1] = {0x1003};
  EXPECT_FALSE(LookUp(root, 0).entry.present());
  EXPECT_EQ(LookUp(root, 0).level, 1U);
  EXPECT_EQ(LookUp(root, 0x1234).entry.address(), 0x1000U);
  EXPECT_EQ(LookUp(root, 0x2f'ffff).entry.address(), 0x20'0000U);
  EXPECT_EQ(LookUp(root, 0x2f'ffff).level, 2U);
  EXPECT_EQ(LookUp(root, 0x7fff'ffff).entry.address(), 0x4000'0000U);
  EXPECT_EQ(LookUp(root, 0x7fff'ffff).level, 3U);
  EXPECT_FALSE(LookUp(root, std::uintptr_t{1} << 40).entry.present());
  EXPECT_EQ(LookUp(root, std::uintptr_t{1} << 40).level, 4U);
}

TEST(CpuidTest, ALeafPastTheMaximumHasNoFeatures) {
  const CpuidLeaf leaf = Cpuid(0x8000'ffff);
  EXPECT_EQ(leaf.eax | leaf.ebx | leaf.ecx | leaf.edx, 0U);
}

}  // namespace
}  // namespace ashlar::x86_64
