// What every backend promises. That forbidden accesses end the image is //tests/faults.
// SPDX-License-Identifier: Apache-2.0
#include "libs/page_map/page_map.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "gtest/gtest.h"
#include "libs/arch/machine_code.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/page_allocator/page_allocator.h"

namespace ashlar::page_map {
namespace {

TEST(PageMapTest, PagesKeepTheirContentsThroughEveryAccess) {
  const Result<std::span<std::byte>> pages = page_allocator::Allocate(3 * kPageSize);
  ASSERT_TRUE(pages);
  const std::span<std::byte> middle = pages->subspan(kPageSize, kPageSize);
  (*pages)[0] = std::byte{1};
  middle[0] = std::byte{2};
  (*pages)[2 * kPageSize] = std::byte{3};
  ASSERT_TRUE(Protect(middle, Access::kNone));
  (*pages)[kPageSize - 1] = std::byte{4};
  (*pages)[2 * kPageSize] = std::byte{5};
  ASSERT_TRUE(Protect(middle, Access::kRead));
  EXPECT_EQ(middle[0], std::byte{2});
  ASSERT_TRUE(Protect(middle, Access::kReadWrite));
  middle[0] = std::byte{6};
  EXPECT_EQ(middle[0], std::byte{6});
  EXPECT_EQ((*pages)[0], std::byte{1});
  EXPECT_EQ((*pages)[2 * kPageSize], std::byte{5});
  page_allocator::Free(*pages);
}

// Again, too: caches of instructions hold what was there before.
TEST(PageMapTest, WhatWasWrittenIsExecuted) {
  const Result<std::span<std::byte>> pages = page_allocator::Allocate(2 * kPageSize);
  ASSERT_TRUE(pages);
  const std::span<std::byte> code = pages->last(kPageSize);
  constexpr auto kFirst = arch::Returning(42);
  constexpr auto kSecond = arch::Returning(43);
  std::ranges::copy(std::as_bytes(std::span(kFirst)), code.begin());
  const Result<void> executable = Protect(code, Access::kReadExecute);
  if (executable == std::unexpected(Error::kUnsupported)) {
    page_allocator::Free(*pages);
    GTEST_SKIP() << "a PV domain executes its image alone";
  }
  ASSERT_TRUE(executable);
  const auto call = reinterpret_cast<int (*)()>(code.data());
  EXPECT_EQ(call(), 42);
  ASSERT_TRUE(Protect(code, Access::kReadWrite));
  std::ranges::copy(std::as_bytes(std::span(kSecond)), code.begin());
  ASSERT_TRUE(Protect(code, Access::kReadExecute));
  EXPECT_EQ(call(), 43);
  ASSERT_TRUE(Protect(code, Access::kReadWrite));
  page_allocator::Free(*pages);
}

TEST(PageMapTest, RefusesWhatIsNotWholePages) {
  const Result<std::span<std::byte>> pages = page_allocator::Allocate(2 * kPageSize);
  ASSERT_TRUE(pages);
  const Result<void> shifted = Protect(pages->subspan(1, kPageSize), Access::kRead);
  ASSERT_FALSE(shifted);
  EXPECT_EQ(shifted.error(), Error::kInvalidArgument);
  EXPECT_FALSE(Protect(pages->first(100), Access::kRead));
  page_allocator::Free(*pages);
}

TEST(PageMapTest, NoDeviceLiesBeyondThePageTables) {
  constexpr std::uint64_t kEnd = std::uint64_t{1} << 47;
  for (const std::uint64_t address : {kEnd, kEnd - kPageSize, ~std::uint64_t{0}}) {
    const Result<volatile std::byte*> registers = MapDevice(address, 2 * kPageSize);
    ASSERT_FALSE(registers);
    // Processes and PV domains have no devices at all.
    EXPECT_TRUE(registers.error() == Error::kInvalidArgument ||
                registers.error() == Error::kUnsupported);
  }
}

}  // namespace
}  // namespace ashlar::page_map
