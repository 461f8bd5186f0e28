// What every backend of the heap must do.
// SPDX-License-Identifier: Apache-2.0
#include "libs/heap/heap.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "libs/base/units.h"
#include "libs/page_allocator/page_allocator.h"

namespace ashlar::heap {
namespace {

bool Aligned(const void* block, std::size_t alignment) {
  return IsAligned(reinterpret_cast<std::uintptr_t>(block), alignment);
}

TEST(HeapTest, BlocksAreAlignedAndWritable) {
  for (std::size_t size = 1; size < 200 * kKiB; size = size * 3 + 1) {
    void* block = Allocate(size);
    ASSERT_NE(block, nullptr) << size;
    EXPECT_TRUE(Aligned(block, kAlignment)) << size;
    EXPECT_GE(UsableSize(block), size);
    std::memset(block, 0xa5, size);
    Free(block);
  }
}

TEST(HeapTest, ZeroBytesAreABlockOfTheirOwn) {
  void* one = Allocate(0);
  void* two = Allocate(0);
  EXPECT_NE(one, nullptr);
  EXPECT_NE(two, nullptr);
  EXPECT_NE(one, two);
  Free(one);
  Free(two);
  Free(nullptr);
}

TEST(HeapTest, AlignedBlocksCanBeFreedAndResized) {
  for (std::size_t alignment = 1; alignment <= 64 * kKiB; alignment *= 2) {
    void* block = AllocateAligned(100, alignment);
    ASSERT_NE(block, nullptr);
    EXPECT_TRUE(Aligned(block, alignment)) << alignment;
    std::memset(block, 1, 100);
    void* larger = Reallocate(block, 5000);
    ASSERT_NE(larger, nullptr);
    EXPECT_EQ(static_cast<unsigned char*>(larger)[99], 1);
    Free(larger);
  }
}

TEST(HeapTest, ReallocateKeepsTheContents) {
  unsigned char* block = nullptr;
  std::size_t filled = 0;
  for (const std::size_t size : {10uz, 1000uz, 300'000uz, 500'000uz, 200'000uz, 40uz, 8uz}) {
    block = static_cast<unsigned char*>(Reallocate(block, size));
    ASSERT_NE(block, nullptr);
    for (std::size_t i = 0; i < filled && i < size; ++i) {
      ASSERT_EQ(block[i], i % 251);
    }
    for (std::size_t i = 0; i < size; ++i) {
      block[i] = static_cast<unsigned char>(i % 251);
    }
    filled = size;
  }
  Free(block);
}

TEST(HeapTest, ExhaustionIsANullPointerAndLeavesTheBlock) {
  const std::size_t too_much = page_allocator::Measure().total_bytes + 1;
  EXPECT_EQ(Allocate(too_much), nullptr);
  EXPECT_EQ(Allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(AllocateAligned(SIZE_MAX - 8, 4096), nullptr);
  auto* block = static_cast<char*>(Allocate(10));
  std::memcpy(block, "123456789", 10);
  EXPECT_EQ(Reallocate(block, too_much), nullptr);
  EXPECT_STREQ(block, "123456789");
  Free(block);
}

TEST(HeapTest, MeasureSeesWhatIsInUse) {
  const std::size_t before = Measure().used_bytes;
  void* block = Allocate(100'000);
  const Statistics during = Measure();
  EXPECT_GE(during.used_bytes, before + 100'000);
  EXPECT_GE(during.reserved_bytes, during.used_bytes);
  Free(block);
  EXPECT_EQ(Measure().used_bytes, before);
}

// Pages are not zeroed by the page allocator, and the heap must not depend on it.
TEST(HeapTest, WorksOnDirtyPages) {
  const auto pages = page_allocator::Allocate(kMiB);
  ASSERT_TRUE(pages.has_value());
  std::memset(pages->data(), 0xff, pages->size());
  page_allocator::Free(*pages);
  std::vector<void*> blocks;
  for (std::size_t size = 1; size < 400'000; size += size / 7 + 1) {
    blocks.push_back(Allocate(size));
    ASSERT_NE(blocks.back(), nullptr);
    std::memset(blocks.back(), 0xff, size);
  }
  for (void* block : blocks) {
    Free(block);
  }
}

}  // namespace
}  // namespace ashlar::heap
