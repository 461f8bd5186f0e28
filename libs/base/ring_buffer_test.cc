// The ring buffer: order across the end, full, empty.
// SPDX-License-Identifier: Apache-2.0
#include "libs/base/ring_buffer.h"

#include <optional>

#include <gtest/gtest.h>

namespace ashlar {
namespace {

TEST(RingBufferTest, GivesBackInOrderAcrossTheEnd) {
  RingBuffer<int, 4> ring;
  int in = 0;
  int out = 0;
  for (int round = 0; round < 10; ++round) {
    EXPECT_TRUE(ring.PushBack(in++));
    EXPECT_TRUE(ring.PushBack(in++));
    EXPECT_TRUE(ring.PushBack(in++));
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(ring.PopFront(), out++);
    }
  }
  EXPECT_TRUE(ring.empty());
}

TEST(RingBufferTest, RefusesOneMoreThanItsCapacity) {
  RingBuffer<int, 2> ring;
  EXPECT_TRUE(ring.PushBack(1));
  EXPECT_TRUE(ring.PushBack(2));
  EXPECT_TRUE(ring.full());
  EXPECT_FALSE(ring.PushBack(3));
  EXPECT_EQ(ring.size(), 2u);
  EXPECT_EQ(ring.front(), 1);
}

TEST(RingBufferTest, AnEmptyOneHasNothing) {
  RingBuffer<int, 2> ring;
  EXPECT_EQ(ring.PopFront(), std::nullopt);
  EXPECT_TRUE(ring.PushBack(1));
  ring.Clear();
  EXPECT_EQ(ring.PopFront(), std::nullopt);
}

}  // namespace
}  // namespace ashlar
