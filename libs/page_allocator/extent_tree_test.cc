// The tree of free extents, by itself and against a model of one flag a page.
// SPDX-License-Identifier: Apache-2.0
#include "libs/page_allocator/extent_tree.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "libs/base/units.h"

namespace ashlar::page_allocator {
namespace {

constexpr std::size_t kPages = 64;
alignas(16 * kPageSize) constinit std::array<std::byte, kPages * kPageSize> arena{};

std::byte* Page(std::size_t number) { return arena.data() + number * kPageSize; }

TEST(ExtentTreeTest, AnEmptyTreeHasNothing) {
  ExtentTree tree;
  EXPECT_EQ(tree.Take(kPageSize, kPageSize), nullptr);
  EXPECT_EQ(tree.free_bytes(), 0u);
  EXPECT_EQ(tree.largest_extent(), 0u);
}

TEST(ExtentTreeTest, TakesTheLowestFirst) {
  ExtentTree tree;
  tree.Give(Page(8), 4 * kPageSize);
  tree.Give(Page(0), 2 * kPageSize);
  EXPECT_EQ(tree.Take(kPageSize, kPageSize), Page(0));
  EXPECT_EQ(tree.Take(2 * kPageSize, kPageSize), Page(8));
  EXPECT_EQ(tree.Take(kPageSize, kPageSize), Page(1));
  EXPECT_EQ(tree.free_bytes(), 2 * kPageSize);
}

TEST(ExtentTreeTest, NeighboursJoin) {
  ExtentTree tree;
  tree.Give(Page(0), kPageSize);
  tree.Give(Page(2), kPageSize);
  EXPECT_EQ(tree.largest_extent(), kPageSize);
  tree.Give(Page(1), kPageSize);
  EXPECT_EQ(tree.largest_extent(), 3 * kPageSize);
  EXPECT_EQ(tree.Take(3 * kPageSize, kPageSize), Page(0));
}

TEST(ExtentTreeTest, AlignmentLeavesBothEndsFree) {
  ExtentTree tree;
  tree.Give(Page(1), 40 * kPageSize);
  EXPECT_EQ(tree.Take(kPageSize, 16 * kPageSize), Page(16));
  EXPECT_EQ(tree.free_bytes(), 39 * kPageSize);
  EXPECT_EQ(tree.largest_extent(), 24 * kPageSize);
  EXPECT_EQ(tree.Take(15 * kPageSize, kPageSize), Page(1));
  EXPECT_EQ(tree.Take(24 * kPageSize, kPageSize), Page(17));
}

TEST(ExtentTreeTest, AnExtentTooShortForItsAlignmentIsPassedOver) {
  ExtentTree tree;
  tree.Give(Page(1), 4 * kPageSize);
  tree.Give(Page(15), 2 * kPageSize);
  EXPECT_EQ(tree.Take(kPageSize, 16 * kPageSize), Page(16));
  EXPECT_EQ(tree.Take(kPageSize, 16 * kPageSize), nullptr);
  EXPECT_EQ(tree.free_bytes(), 5 * kPageSize);
}

TEST(ExtentTreeTest, SizesBeyondAllReasonAreRefused) {
  ExtentTree tree;
  tree.Give(Page(0), kPages * kPageSize);
  EXPECT_EQ(tree.Take(~std::size_t{0} & ~(kPageSize - 1), kPageSize), nullptr);
  EXPECT_EQ(tree.Take(kPageSize, std::size_t{1} << 63), nullptr);
  EXPECT_EQ(tree.free_bytes(), kPages * kPageSize);
}

// Against a model: a flag for each page.
TEST(ExtentTreeTest, AgreesWithAModelOverManySteps) {
  struct Block {
    std::size_t page;
    std::size_t count;
  };
  ExtentTree tree;
  std::array<bool, kPages> taken{};
  std::vector<Block> blocks;
  tree.Give(Page(0), kPages * kPageSize);
  std::minstd_rand random(7);
  for (int step = 0; step < 20'000; ++step) {
    if (random() % 2 == 0) {
      const std::size_t count = 1 + random() % 9;
      const std::size_t alignment = std::size_t{1} << random() % 5;
      std::size_t expected = 0;
      for (std::size_t run = 0; expected + count <= kPages; expected += alignment) {
        for (run = 0; run < count && !taken[expected + run]; ++run) {
        }
        if (run == count) {
          break;
        }
      }
      std::byte* got = tree.Take(count * kPageSize, alignment * kPageSize);
      if (expected + count > kPages) {
        ASSERT_EQ(got, nullptr);
        continue;
      }
      ASSERT_EQ(got, Page(expected));
      std::memset(got, 0xee, count * kPageSize);
      for (std::size_t i = 0; i < count; ++i) {
        taken[expected + i] = true;
      }
      blocks.push_back({expected, count});
    } else if (!blocks.empty()) {
      // Sometimes the whole block, sometimes only its first page.
      Block& block = blocks[random() % blocks.size()];
      const std::size_t part = random() % 3 == 0 ? 1 : block.count;
      tree.Give(Page(block.page), part * kPageSize);
      for (std::size_t i = 0; i < part; ++i) {
        taken[block.page + i] = false;
      }
      block.page += part;
      block.count -= part;
      if (block.count == 0) {
        block = blocks.back();
        blocks.pop_back();
      }
    }
    std::size_t free = 0;
    std::size_t run = 0;
    std::size_t longest = 0;
    for (const bool used : taken) {
      run = used ? 0 : run + 1;
      free += used ? 0 : 1;
      longest = run > longest ? run : longest;
    }
    ASSERT_EQ(tree.free_bytes(), free * kPageSize);
    ASSERT_EQ(tree.largest_extent(), longest * kPageSize);
  }
}

}  // namespace
}  // namespace ashlar::page_allocator
