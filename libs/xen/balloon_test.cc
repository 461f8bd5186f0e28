// The balloon, between free memory and a Xen that the test plays.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/balloon.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "libs/base/result.h"
#include "libs/base/units.h"

namespace ashlar::xen {
namespace {

using enum Balloon::Contents;

constexpr std::size_t kStep = Balloon::kStep;
constexpr auto kUsed = std::byte{0x77};
constexpr auto kXens = std::byte{0xdd};

// Memory of which a part is free, and that Xen does not touch while it is the domain's.
class FakePages final : public BalloonPages {
 public:
  explicit FakePages(std::size_t pages)
      : count_(pages), memory_(std::make_unique<Page[]>(pages)), free_(pages, true) {
    std::memset(static_cast<void*>(memory_.get()), 0x77, pages * kPageSize);
  }

  Memory Measure() const override {
    return {count_ * kPageSize,
            static_cast<std::size_t>(std::ranges::count(free_, true)) * kPageSize};
  }
  Result<std::span<std::byte>> Allocate(std::size_t size) override {
    const std::size_t wanted = (size + kPageSize - 1) / kPageSize;
    for (std::size_t i = 0; i + wanted <= count_; ++i) {
      if (std::ranges::all_of(free_.begin() + static_cast<std::ptrdiff_t>(i),
                              free_.begin() + static_cast<std::ptrdiff_t>(i + wanted),
                              [](bool is_free) { return is_free; })) {
        std::fill_n(free_.begin() + static_cast<std::ptrdiff_t>(i), wanted, false);
        return std::span(memory_[i].bytes, wanted * kPageSize);
      }
    }
    return std::unexpected(Error::kOutOfMemory);
  }
  void Free(std::span<std::byte> pages) override {
    const std::size_t first = Index(reinterpret_cast<std::uintptr_t>(pages.data()) / kPageSize);
    for (std::size_t i = first; i < first + pages.size() / kPageSize; ++i) {
      ASSERT_FALSE(free_.at(i));
      ASSERT_FALSE(xens.contains(i));
      free_[i] = true;
      std::ranges::fill(memory_[i].bytes, kUsed);
    }
  }
  std::size_t Give(std::size_t first, std::size_t count) override {
    std::size_t given = 0;
    for (; given < count && will_take != 0; ++given, --will_take) {
      const std::size_t i = Index(first + count - given - 1);
      EXPECT_FALSE(free_.at(i));
      EXPECT_TRUE(xens.insert(i).second) << "given twice";
      contents.insert(memory_[i].bytes[0]);
      contents.insert(memory_[i].bytes[kPageSize - 1]);
      std::ranges::fill(memory_[i].bytes, kXens);
    }
    return given;
  }
  std::size_t Take(std::size_t first, std::size_t count) override {
    std::size_t taken = 0;
    for (; taken < count && will_give != 0; ++taken, --will_give) {
      const std::size_t i = Index(first + taken);
      EXPECT_EQ(xens.erase(i), 1U) << "taken though it is the domain's";
      EXPECT_TRUE(std::ranges::all_of(memory_[i].bytes, [](std::byte byte) {
        return byte == kXens;
      })) << "touched while it was Xen's";
    }
    return taken;
  }

  std::set<std::size_t> xens;
  std::set<std::byte> contents;  ///< what Xen has seen
  std::size_t will_take = ~std::size_t{0};
  std::size_t will_give = ~std::size_t{0};

 private:
  struct alignas(kPageSize) Page {
    std::byte bytes[kPageSize];
  };

  std::size_t Index(std::size_t page) const {
    return page - reinterpret_cast<std::uintptr_t>(memory_.get()) / kPageSize;
  }

  std::size_t count_;
  std::unique_ptr<Page[]> memory_;
  std::vector<bool> free_;
};

TEST(BalloonTest, ItGrowsAndShrinksByStepsAndGivesAllBack) {
  FakePages pages(1024);
  Balloon balloon(pages);
  EXPECT_TRUE(balloon.Inflate(kStep + 1, kAnything));
  EXPECT_EQ(balloon.bytes(), 2 * kStep);
  EXPECT_EQ(pages.xens.size(), 32U);
  EXPECT_TRUE(balloon.Inflate(10 * kStep, kAnything));
  EXPECT_EQ(pages.xens.size(), 160U);
  EXPECT_TRUE(balloon.Inflate(1, kAnything));
  EXPECT_EQ(balloon.bytes(), kStep);
  EXPECT_TRUE(balloon.Inflate(0, kAnything));
  EXPECT_TRUE(pages.xens.empty());
  EXPECT_EQ(pages.Measure().free_bytes, 1024 * kPageSize);
}

TEST(BalloonTest, SizesThatAreNoneAreNotReached) {
  FakePages pages(256);
  Balloon balloon(pages);
  EXPECT_FALSE(balloon.Inflate(~std::size_t{0}, kNone));
  EXPECT_TRUE(balloon.Inflate(0, kNone));
  EXPECT_EQ(pages.Measure().free_bytes, 256 * kPageSize);
}

TEST(BalloonTest, WhatIsGivenIsCleared) {
  FakePages pages(256);
  Balloon balloon(pages);
  ASSERT_TRUE(balloon.Inflate(4 * kStep, kAnything));
  EXPECT_EQ(pages.contents, std::set{std::byte{0}});
}

TEST(BalloonTest, WhatMustNotBeTouchedIsNot) {
  FakePages pages(256);
  Balloon balloon(pages);
  ASSERT_TRUE(balloon.Inflate(4 * kStep, kNone));
  EXPECT_EQ(pages.contents, std::set{kUsed});
}

TEST(BalloonTest, ItsListGrowsBeyondAPage) {
  constexpr std::size_t kSteps = 515;  // of 511 a page
  FakePages pages(16 * kSteps + 16);
  Balloon balloon(pages);
  ASSERT_TRUE(balloon.Inflate(kSteps * kStep, kNone));
  EXPECT_EQ(pages.xens.size(), 16 * kSteps);
  EXPECT_EQ(pages.Measure().free_bytes, (16 - 2) * kPageSize);
  ASSERT_TRUE(balloon.Inflate(511 * kStep, kNone));
  ASSERT_TRUE(balloon.Inflate(513 * kStep, kNone));
  ASSERT_TRUE(balloon.Inflate(0, kNone));
  EXPECT_EQ(pages.Measure().free_bytes, (16 * kSteps + 16) * kPageSize);
}

TEST(BalloonTest, TheApplicationKeepsAReserve) {
  constexpr std::size_t kTotal = 1024 * kPageSize;
  FakePages pages(1024);
  Balloon balloon(pages);
  const std::size_t used = kTotal / 2;
  const auto application = pages.Allocate(used);
  ASSERT_TRUE(application);
  EXPECT_FALSE(balloon.Inflate(kTotal, kAnything));
  const std::size_t kept = pages.Measure().free_bytes;
  EXPECT_GE(kept + kPageSize, Balloon::kLeastReserve);
  EXPECT_LE(kept, Balloon::kLeastReserve + 2 * kStep);
  const std::size_t before = balloon.bytes();
  EXPECT_FALSE(balloon.Inflate(kTotal, kAnything));
  EXPECT_EQ(balloon.bytes(), before);
  // What it frees goes where it is wanted.
  pages.Free(application->first(used / 2));
  EXPECT_FALSE(balloon.Inflate(kTotal, kAnything));
  EXPECT_EQ(balloon.bytes(), before + used / 2);
}

TEST(BalloonTest, TheReserveIsAPartOfALargeDomainsMemory) {
  constexpr std::size_t kTotal = 4096 * kPageSize;
  FakePages pages(4096);
  Balloon balloon(pages);
  ASSERT_TRUE(pages.Allocate(kTotal - kTotal / 8));
  EXPECT_FALSE(balloon.Inflate(kTotal, kAnything));
  EXPECT_GE(pages.Measure().free_bytes + kPageSize, (kTotal - balloon.bytes()) / 16);
}

TEST(BalloonTest, WhatTheDomainNeverHadCountsForNothing) {
  // Nearly all of it is what a PVH domain begins with and gives at once.
  FakePages pages(4096);
  Balloon balloon(pages);
  ASSERT_TRUE(balloon.Inflate(3840 * kPageSize, kNone));
  EXPECT_TRUE(balloon.Inflate(3904 * kPageSize, kAnything));
}

TEST(BalloonTest, WhatTheDomainMayNotHaveItGivesToTheLast) {
  FakePages pages(1024);
  Balloon balloon(pages);
  EXPECT_TRUE(balloon.Inflate(62 * kStep, kNone));
}

TEST(BalloonTest, AXenThatTakesHalfAStepHasHalfAStep) {
  FakePages pages(256);
  Balloon balloon(pages);
  pages.will_take = 16 + 5;
  EXPECT_FALSE(balloon.Inflate(3 * kStep, kAnything));
  EXPECT_EQ(balloon.bytes(), 21 * kPageSize);
  // It takes the rest of it later.
  pages.will_take = ~std::size_t{0};
  EXPECT_TRUE(balloon.Inflate(3 * kStep, kAnything));
  EXPECT_EQ(pages.xens.size(), 48U);
  EXPECT_EQ(pages.contents, std::set{std::byte{0}});
}

TEST(BalloonTest, HalfAStepGoesBack) {
  FakePages pages(256);
  Balloon balloon(pages);
  pages.will_take = 16 + 5;
  EXPECT_FALSE(balloon.Inflate(3 * kStep, kAnything));
  EXPECT_TRUE(balloon.Inflate(kStep, kAnything));
  EXPECT_EQ(pages.xens.size(), 16U);
  EXPECT_EQ(pages.Measure().free_bytes, (256 - 16 - 1) * kPageSize);
}

TEST(BalloonTest, AStepOfWhichXenTakesNothingIsFreeAgain) {
  FakePages pages(256);
  Balloon balloon(pages);
  pages.will_take = 0;
  EXPECT_FALSE(balloon.Inflate(kStep, kAnything));
  EXPECT_TRUE(balloon.Inflate(0, kAnything));
  EXPECT_EQ(pages.Measure().free_bytes, 256 * kPageSize);
}

TEST(BalloonTest, AXenThatGivesHalfAStepIsAskedForTheRest) {
  FakePages pages(256);
  Balloon balloon(pages);
  ASSERT_TRUE(balloon.Inflate(3 * kStep, kAnything));
  pages.will_give = 16 + 3;
  EXPECT_FALSE(balloon.Inflate(0, kAnything));
  EXPECT_EQ(pages.xens.size(), 29U);
  pages.will_give = 2;
  EXPECT_FALSE(balloon.Inflate(0, kAnything));
  EXPECT_EQ(pages.xens.size(), 27U);
  // And half of it again, now that more is wanted.
  EXPECT_TRUE(balloon.Inflate(2 * kStep, kAnything));
  EXPECT_EQ(pages.xens.size(), 32U);
  pages.will_give = ~std::size_t{0};
  EXPECT_TRUE(balloon.Inflate(0, kAnything));
  EXPECT_EQ(pages.Measure().free_bytes, 256 * kPageSize);
}

}  // namespace
}  // namespace ashlar::xen
