// SPDX-License-Identifier: Apache-2.0
#include "libs/stack/stack.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

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
  EXPECT_TRUE(IsAligned(reinterpret_cast<std::uintptr_t>(stack->memory.data() + stack->memory.size()), 16));
  std::memset(stack->memory.data(), 0xcc, stack->memory.size());
  Free(*stack);
  EXPECT_EQ(page_allocator::Measure().free_bytes, before);
}

TEST(StackTest, ThePageBelowIsItsGuardAsLongAsItLives) {
  const Result<Stack> one = Allocate(kPageSize);
  const Result<Stack> two = Allocate(kPageSize);
  ASSERT_TRUE(one.has_value());
  ASSERT_TRUE(two.has_value());
  for (const Stack& stack : {*one, *two}) {
    std::byte* const bottom = stack.memory.data();
    EXPECT_FALSE(IsGuard(bottom));
    EXPECT_TRUE(IsGuard(bottom - 1));
    EXPECT_TRUE(IsGuard(bottom - kPageSize));
  }
  std::byte* const guard = one->memory.data() - 1;
  Free(*one);
  EXPECT_FALSE(IsGuard(guard));
  *guard = std::byte{1};  // Memory like any other again.
  EXPECT_TRUE(IsGuard(two->memory.data() - 1));
  Free(*two);
}

TEST(StackTest, SaysWhatWentWrong) {
  EXPECT_EQ(Allocate(0).error(), Error::kInvalidArgument);
  EXPECT_EQ(Allocate(page_allocator::Measure().total_bytes).error(), Error::kOutOfMemory);
  EXPECT_EQ(Allocate(~std::size_t{0}).error(), Error::kOutOfMemory);
}

}  // namespace
}  // namespace ashlar::stack
