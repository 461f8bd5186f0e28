// Pages of the machine the test runs on: given, freed in parts, refused.
// SPDX-License-Identifier: Apache-2.0
#include "libs/page_allocator/page_allocator.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <gtest/gtest.h>

#include "libs/base/result.h"
#include "libs/base/units.h"

namespace ashlar::page_allocator {
namespace {

TEST(PageAllocatorTest, GivesWholePagesThatCanBeWritten) {
  const Result<std::span<std::byte>> pages = Allocate(kPageSize + 1);
  ASSERT_TRUE(pages.has_value());
  EXPECT_EQ(pages->size(), 2 * kPageSize);
  EXPECT_TRUE(IsAligned(reinterpret_cast<std::uintptr_t>(pages->data()), kPageSize));
  std::memset(pages->data(), 0xa5, pages->size());
  Free(*pages);
}

TEST(PageAllocatorTest, FreeingInPartsGivesEverythingBack) {
  const Statistics before = Measure();
  const Result<std::span<std::byte>> pages = Allocate(3 * kPageSize, 8 * kPageSize);
  ASSERT_TRUE(pages.has_value());
  EXPECT_TRUE(IsAligned(reinterpret_cast<std::uintptr_t>(pages->data()), 8 * kPageSize));
  EXPECT_EQ(Measure().free_bytes, before.free_bytes - 3 * kPageSize);
  Free(pages->subspan(kPageSize, kPageSize));
  Free(pages->first(kPageSize));
  Free(pages->last(kPageSize));
  EXPECT_EQ(Measure().free_bytes, before.free_bytes);
  EXPECT_EQ(Measure().largest_free_bytes, before.largest_free_bytes);
}

TEST(PageAllocatorTest, SaysWhatWentWrong) {
  EXPECT_EQ(Allocate(0).error(), Error::kInvalidArgument);
  EXPECT_EQ(Allocate(1, 3 * kPageSize).error(), Error::kInvalidArgument);
  EXPECT_EQ(Allocate(1, kPageSize / 2).error(), Error::kInvalidArgument);
  EXPECT_EQ(Allocate(Measure().total_bytes + 1).error(), Error::kOutOfMemory);
  EXPECT_EQ(Allocate(~std::size_t{0}).error(), Error::kOutOfMemory);
}

}  // namespace
}  // namespace ashlar::page_allocator
