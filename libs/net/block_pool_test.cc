// The pools' pages and budgets.
// SPDX-License-Identifier: Apache-2.0

#include "libs/net/block_pool.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "libs/base/units.h"

namespace ashlar::net {
namespace {

TEST(BlockPoolTest, BlocksAreApartAndAligned) {
  BlockPool pool(40);
  std::vector<std::byte*> blocks;
  for (int i = 0; i < 500; ++i) {
    auto* block = static_cast<std::byte*>(pool.Allocate());
    ASSERT_NE(nullptr, block);
    EXPECT_EQ(0u, reinterpret_cast<std::uintptr_t>(block) % 16);
    std::memset(block, i, 40);
    blocks.push_back(block);
  }
  EXPECT_EQ(500u, pool.in_use());
  for (int i = 0; i < 500; ++i) {
    EXPECT_TRUE(std::all_of(blocks[static_cast<std::size_t>(i)],
                            blocks[static_cast<std::size_t>(i)] + 40,
                            [i](std::byte byte) { return byte == static_cast<std::byte>(i); }));
    BlockPool::Free(blocks[static_cast<std::size_t>(i)]);
  }
  EXPECT_EQ(0u, pool.in_use());
}

TEST(BlockPoolTest, PagesGoBackButForOne) {
  const std::size_t before = BlockPool::used_bytes();
  BlockPool pool(1000);
  std::vector<void*> blocks;
  for (int i = 0; i < 100; ++i) {
    blocks.push_back(pool.Allocate());
  }
  EXPECT_EQ(before + 25 * kPageSize, BlockPool::used_bytes());
  std::reverse(blocks.begin() + 20, blocks.end() - 20);
  for (void* block : blocks) {
    BlockPool::Free(block);
  }
  EXPECT_EQ(before + kPageSize, BlockPool::used_bytes());
}

TEST(BlockPoolTest, FreedBlocksAreUsedAgain) {
  BlockPool pool(64);
  std::set<void*> seen;
  for (int i = 0; i < 1000; ++i) {
    void* block = pool.Allocate();
    seen.insert(block);
    BlockPool::Free(block);
  }
  EXPECT_EQ(1u, seen.size());
}

TEST(BlockPoolTest, TheLimitHoldsToThePage) {
  BlockPool pool(128);
  pool.set_limit(40);
  int count = 0;
  std::vector<void*> blocks;
  while (void* block = pool.Allocate()) {
    blocks.push_back(block);
    ASSERT_LT(++count, 1000);
  }
  EXPECT_GE(count, 40);
  EXPECT_LT(count, 40 + 32);
  for (void* block : blocks) {
    BlockPool::Free(block);
  }
}

TEST(BlockPoolTest, TheBudgetIsForAllPoolsButReservedOnes) {
  const std::size_t budget = BlockPool::budget();
  BlockPool::SetBudget(BlockPool::used_bytes() + 2 * kPageSize);
  BlockPool a(2016);
  BlockPool b(2016);
  BlockPool reserved(2016, /*reserved=*/true);
  std::vector<void*> blocks;
  for (int i = 0; i < 2; ++i) {
    blocks.push_back(a.Allocate());
    blocks.push_back(b.Allocate());
  }
  EXPECT_EQ(0, std::count(blocks.begin(), blocks.end(), nullptr));
  EXPECT_EQ(nullptr, a.Allocate());
  EXPECT_EQ(nullptr, BlockPool::AllocateLarge(5000));
  blocks.push_back(reserved.Allocate());
  EXPECT_NE(nullptr, blocks.back());
  for (void* block : blocks) {
    BlockPool::Free(block);
  }
  BlockPool::SetBudget(budget);
}

TEST(BlockPoolTest, LargeBlocksGoBackWhole) {
  const std::size_t before = BlockPool::used_bytes();
  void* block = BlockPool::AllocateLarge(70'000);
  ASSERT_NE(nullptr, block);
  std::memset(block, 1, 70'000);
  EXPECT_GT(BlockPool::used_bytes(), before);
  BlockPool::Free(block);
  EXPECT_EQ(before, BlockPool::used_bytes());
}

}  // namespace
}  // namespace ashlar::net
