// Stacks: all writable, their pages given back, the guard too.
// SPDX-License-Identifier: Apache-2.0
#include "libs/stack/stack.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <gtest/gtest.h>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/page_allocator/page_allocator.h"

namespace ashlar::stack {
namespace {

TEST(StackTest, IsAllWritableAndGivesItsPagesBack) {
  const std::size_t before = page_allocator::Measure().free_bytes;
  const Result<Stack> stack = Allocate(10'000);
  ASSERT_TRUE(stack.has_value());
  EXPECT_GE(stack->memory.size(), 10'000u);
  EXPECT_TRUE(
      IsAligned(reinterpret_cast<std::uintptr_t>(stack->memory.data() + stack->memory.size()), 16));
  std::memset(stack->memory.data(), 0xcc, stack->memory.size());
  Free(*stack);
  EXPECT_EQ(page_allocator::Measure().free_bytes, before);
}

TEST(StackTest, TheGuardIsMemoryLikeAnyOtherAfterwards) {
  const Result<Stack> stack = Allocate(kPageSize);
  ASSERT_TRUE(stack.has_value());
  std::byte* const guard = stack->memory.data() - kPageSize;
  Free(*stack);
  const Result<std::span<std::byte>> again = page_allocator::Allocate(2 * kPageSize);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->data(), guard);  // The lowest that fits, so the same as before.
  std::memset(again->data(), 0xcc, again->size());
  page_allocator::Free(*again);
}

TEST(StackTest, SaysWhatWentWrong) {
  EXPECT_EQ(Allocate(0).error(), Error::kInvalidArgument);
  EXPECT_EQ(Allocate(page_allocator::Measure().total_bytes).error(), Error::kOutOfMemory);
  EXPECT_EQ(Allocate(~std::size_t{0}).error(), Error::kOutOfMemory);
}

}  // namespace
}  // namespace ashlar::stack
