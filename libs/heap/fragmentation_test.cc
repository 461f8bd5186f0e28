// What a general-purpose heap must do beyond heap_test.cc: go on for ever in bounded memory.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstring>
#include <random>

#include <gtest/gtest.h>

#include "libs/base/units.h"
#include "libs/heap/heap.h"
#include "libs/page_allocator/page_allocator.h"

namespace ashlar::heap {
namespace {

struct Block {
  unsigned char* bytes = nullptr;
  std::size_t size = 0;
  unsigned char fill = 0;
};

void Check(const Block& block) {
  for (std::size_t i = 0; i < block.size; i += 97) {
    ASSERT_EQ(block.bytes[i], block.fill);
  }
}

TEST(FragmentationTest, ALongMixedLifeStaysWithinBounds) {
  static constinit std::array<Block, 300> blocks{};
  std::minstd_rand random(3);
  const Statistics before = Measure();
  std::size_t live = 0;
  std::size_t most_live = 0;
  std::size_t most_reserved = 0;
  for (int step = 0; step < 60'000; ++step) {
    Block& block = blocks[random() % blocks.size()];
    if (block.bytes != nullptr) {
      Check(block);
      Free(block.bytes);
      live -= block.size;
      block = {};
      continue;
    }
    // Mostly small, now and then large.
    const std::size_t scale = std::size_t{1} << random() % 14;
    block.size = 1 + random() % (random() % 50 == 0 ? 16 * scale : scale);
    block.bytes = static_cast<unsigned char*>(Allocate(block.size));
    ASSERT_NE(block.bytes, nullptr);
    block.fill = static_cast<unsigned char>(step);
    std::memset(block.bytes, block.fill, block.size);
    live += block.size;
    most_live = live > most_live ? live : most_live;
    const std::size_t reserved = Measure().reserved_bytes - before.reserved_bytes;
    most_reserved = reserved > most_reserved ? reserved : most_reserved;
  }
  EXPECT_LT(most_reserved, 3 * most_live);
  for (Block& block : blocks) {
    Free(block.bytes);
  }
  EXPECT_EQ(Measure().used_bytes, before.used_bytes);
}

TEST(FragmentationTest, AllMemoryCanBeTakenAndGivenBackAgainAndAgain) {
  constexpr std::size_t kSize = 10'000;
  std::size_t counts[3] = {};
  for (std::size_t& count : counts) {
    void* chain = nullptr;
    while (void* block = Allocate(kSize)) {
      std::memcpy(block, &chain, sizeof chain);
      chain = block;
      ++count;
    }
    while (chain != nullptr) {
      void* block = chain;
      std::memcpy(&chain, block, sizeof chain);
      Free(block);
    }
  }
  EXPECT_GT(counts[0], 10u);
  EXPECT_EQ(counts[1], counts[0]);
  EXPECT_EQ(counts[2], counts[0]);
}

}  // namespace
}  // namespace ashlar::heap
