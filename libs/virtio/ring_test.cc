// Tests of both kinds of ring against a device in memory, honest and not.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/ring.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "gtest/gtest.h"
#include "libs/virtio/fake_device.h"
#include "libs/virtio/packed_ring.h"
#include "libs/virtio/split_ring.h"

namespace ashlar::virtio {
namespace {

template <typename RingType>
class RingTest : public testing::Test {
 protected:
  using FakeQueue = typename FakeQueueOf<RingType>::type;

  void Start(std::uint16_t size, Features features = kEventIndex) {
    const std::size_t bytes = RingType::MemoryFor(size);
    memory_.assign(bytes + kRingAlignment, std::byte{0xa5});
    std::byte* begin = memory_.data();
    begin += AlignUp(DeviceAddress(begin), kRingAlignment) - DeviceAddress(begin);
    ring_.Start(std::span(begin, bytes), size, features);
    device_.emplace(ring_.addresses(), features);
  }

  std::uint16_t Add(std::vector<Segment> segments) {
    const std::uint16_t id = ring_.next_id();
    ring_.Add(static_cast<std::uint16_t>(segments.size()),
              [&](std::uint16_t i) { return segments[i]; });
    return id;
  }
  std::uint16_t AddReadable(std::uint16_t count = 1) {
    return Add(std::vector<Segment>(count, {0x1000, 16}));
  }
  std::uint16_t AddWritable(std::uint32_t length = 64) { return Add({{0x2000, length, true}}); }

  std::vector<std::byte> memory_;
  RingType ring_;
  std::optional<FakeQueue> device_;
};

using Rings = testing::Types<SplitRing, PackedRing>;
TYPED_TEST_SUITE(RingTest, Rings);

TYPED_TEST(RingTest, TheDeviceFindsAChainsSegmentsInOrder) {
  this->Start(8);
  this->Add({{0x1000, 12}, {0x2000, 34}, {0x3000, 56, true}});
  this->ring_.Publish();
  const auto chain = this->device_->Pop();
  ASSERT_TRUE(chain);
  ASSERT_EQ(chain->segments.size(), 3u);
  EXPECT_EQ(chain->segments[0].address, 0x1000u);
  EXPECT_EQ(chain->segments[0].length, 12u);
  EXPECT_FALSE(chain->segments[1].device_writes);
  EXPECT_EQ(chain->segments[2].address, 0x3000u);
  EXPECT_TRUE(chain->segments[2].device_writes);
  EXPECT_FALSE(this->device_->Pop());
}

TYPED_TEST(RingTest, AUsedChainComesBackWithItsIdAndLength) {
  this->Start(8);
  const std::uint16_t id = this->AddWritable(64);
  this->ring_.Publish();
  EXPECT_FALSE(this->ring_.Take());
  this->device_->Push(*this->device_->Pop(), 33);
  const auto used = this->ring_.Take();
  ASSERT_TRUE(used);
  EXPECT_EQ(used->id, id);
  EXPECT_EQ(used->length, 33u);
  EXPECT_FALSE(this->ring_.Take());
  this->ring_.Free(id);
  EXPECT_EQ(this->ring_.free(), 8);
}

TYPED_TEST(RingTest, IdsAscendFromZeroAtFirst) {
  this->Start(8);
  for (std::uint16_t i = 0; i < 8; ++i) {
    EXPECT_EQ(this->AddWritable(), i);
  }
  EXPECT_EQ(this->ring_.free(), 0);
}

TYPED_TEST(RingTest, FillGivesTheDeviceEveryDescriptorInTheOrderOfTheIds) {
  this->Start(8);
  // Also when the ids were freed in another order.
  const std::uint16_t first = this->AddWritable();
  const std::uint16_t second = this->AddWritable();
  this->ring_.Publish();
  this->device_->Push(*this->device_->Pop(), 1);
  this->device_->Push(*this->device_->Pop(), 1);
  while (const auto used = this->ring_.Take()) {
  }
  this->ring_.Free(first);
  this->ring_.Free(second);
  for (int turn = 0; turn < 3; ++turn) {
    this->ring_.Fill([](std::uint16_t i) { return Segment{0x1000u * (i + 1u), 32u + i, true}; });
    EXPECT_EQ(this->ring_.free(), 0);
    EXPECT_TRUE(this->ring_.Publish());
    for (std::uint16_t i = 0; i < 8; ++i) {
      const auto chain = this->device_->Pop();
      ASSERT_TRUE(chain) << i;
      ASSERT_EQ(chain->segments.size(), 1u);
      EXPECT_EQ(chain->segments[0].address, 0x1000u * (i + 1u));
      EXPECT_EQ(chain->segments[0].length, 32u + i);
      EXPECT_TRUE(chain->segments[0].device_writes);
      this->device_->Push(*chain, 32u + i);
    }
    EXPECT_FALSE(this->device_->Pop());
    for (std::uint16_t i = 0; i < 8; ++i) {
      const auto used = this->ring_.Take();
      ASSERT_TRUE(used) << i;
      EXPECT_EQ(used->id, i);
      EXPECT_EQ(used->length, 32u + i);
      this->ring_.Free(used->id);
    }
  }
  EXPECT_EQ(this->ring_.free(), 8);
}

TYPED_TEST(RingTest, AChainIsRepeatedUnderItsId) {
  this->Start(4);
  const std::uint16_t id = this->AddWritable(64);
  for (int i = 0; i < 1000; ++i) {
    this->ring_.Publish();
    const auto chain = this->device_->Pop();
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->segments[0].length, 64u);
    EXPECT_TRUE(chain->segments[0].device_writes);
    this->device_->Push(*chain, 1);
    const auto used = this->ring_.Take();
    ASSERT_TRUE(used);
    EXPECT_EQ(used->id, id);
    this->ring_.Repeat(id, {0x2000, 64, true});
  }
  EXPECT_EQ(this->ring_.free(), 3);
}

TYPED_TEST(RingTest, ChainsUsedOutOfOrderKeepTheirDescriptorsApart) {
  this->Start(64);
  std::mt19937 random(1);
  std::vector<FakeChain> at_device;
  std::map<std::uint16_t, std::uint64_t> addresses;  // by id
  std::uint64_t next_address = 0x1000;
  std::size_t returned = 0;
  while (returned < 100'000) {
    const auto count = static_cast<std::uint16_t>(1 + random() % 5);
    if (random() % 2 == 0 && this->ring_.free() >= count) {
      const std::uint64_t address = next_address += 0x1000;
      std::vector<Segment> segments(count, {address, 16});
      const std::uint16_t id = this->Add(segments);
      EXPECT_FALSE(addresses.contains(id));
      addresses[id] = address;
      this->ring_.Publish();
      auto chain = this->device_->Pop();
      ASSERT_TRUE(chain);
      EXPECT_EQ(chain->segments.size(), count);
      for (const Segment& segment : chain->segments) {
        EXPECT_EQ(segment.address, address);
      }
      at_device.push_back(*chain);
    } else if (!at_device.empty()) {
      const std::size_t victim = random() % at_device.size();
      this->device_->Push(at_device[victim], 0);
      const auto used = this->ring_.Take();
      ASSERT_TRUE(used);
      EXPECT_EQ(used->id, at_device[victim].id);
      EXPECT_EQ(addresses.erase(used->id), 1u);
      this->ring_.Free(used->id);
      at_device.erase(at_device.begin() + static_cast<std::ptrdiff_t>(victim));
      ++returned;
    }
  }
  EXPECT_FALSE(this->ring_.broken());
}

TYPED_TEST(RingTest, ABatchIsNotifiedOnceAndNotWhileTheDevicePolls) {
  for (const Features features : {kEventIndex, Features{0}}) {
    this->Start(16, features);
    this->AddReadable();
    this->AddReadable();
    EXPECT_TRUE(this->ring_.Publish());
    EXPECT_FALSE(this->ring_.Publish());  // nothing new
    while (this->device_->Pop()) {
    }
    this->AddReadable();
    EXPECT_TRUE(this->ring_.Publish());
    this->device_->SuppressNotifications();
    this->AddReadable();
    EXPECT_FALSE(this->ring_.Publish());
  }
}

TYPED_TEST(RingTest, NotificationsGoOnAcrossTheWrapOfEveryIndex) {
  this->Start(8);
  for (int i = 0; i < 70'000; ++i) {
    const std::uint16_t id = this->AddReadable(static_cast<std::uint16_t>(1 + i % 3));
    ASSERT_TRUE(this->ring_.Publish()) << i;
    const auto chain = this->device_->Pop();
    ASSERT_TRUE(chain) << i;
    EXPECT_TRUE(this->ring_.EnableInterrupts());
    this->device_->Push(*chain, 0);
    ASSERT_TRUE(this->device_->WantsInterrupt()) << i;
    this->ring_.DisableInterrupts();
    ASSERT_TRUE(this->ring_.Take()) << i;
    this->ring_.Free(id);
  }
}

TYPED_TEST(RingTest, InterruptsAreOffUntilTheyAreAskedFor) {
  for (const Features features : {kEventIndex, Features{0}}) {
    this->Start(8, features);
    this->AddWritable();
    this->AddWritable();
    this->AddWritable();
    this->ring_.Publish();
    this->device_->Push(*this->device_->Pop(), 1);
    EXPECT_FALSE(this->device_->WantsInterrupt());
    EXPECT_FALSE(this->ring_.EnableInterrupts());  // one is there already
    ASSERT_TRUE(this->ring_.Take());
    EXPECT_TRUE(this->ring_.EnableInterrupts());
    this->device_->Push(*this->device_->Pop(), 1);
    EXPECT_TRUE(this->device_->WantsInterrupt());
    this->ring_.DisableInterrupts();
    ASSERT_TRUE(this->ring_.Take());
    this->device_->Push(*this->device_->Pop(), 1);
    EXPECT_FALSE(this->device_->WantsInterrupt());
  }
}

TYPED_TEST(RingTest, TheLengthOfAChainThatIsOnlyReadIsNobodysBusiness) {
  this->Start(8);
  this->AddReadable();
  this->ring_.Publish();
  this->device_->Push(*this->device_->Pop(), 16);
  const auto used = this->ring_.Take();
  ASSERT_TRUE(used);
  EXPECT_EQ(used->length, 0u);
}

TYPED_TEST(RingTest, AbandonTellsWhatTheDeviceStillHad) {
  this->Start(8);
  const std::uint16_t first = this->AddReadable();
  const std::uint16_t second = this->AddReadable();
  this->ring_.Publish();
  this->device_->Push(*this->device_->Pop(), 0);
  ASSERT_TRUE(this->ring_.Take());
  EXPECT_FALSE(this->ring_.Abandon(first));
  EXPECT_TRUE(this->ring_.Abandon(second));
  EXPECT_FALSE(this->ring_.Abandon(second));
}

// A device that lies.

TYPED_TEST(RingTest, AnIdOutsideTheRingBreaksIt) {
  this->Start(8);
  this->AddWritable();
  this->ring_.Publish();
  FakeChain chain = *this->device_->Pop();
  chain.id = 8;
  this->device_->Push(chain, 1);
  EXPECT_FALSE(this->ring_.Take());
  EXPECT_TRUE(this->ring_.broken());
  EXPECT_FALSE(this->ring_.Take());
}

TYPED_TEST(RingTest, AnIdThatTheDeviceDoesNotHaveBreaksIt) {
  this->Start(8);
  this->AddWritable();
  this->ring_.Publish();
  FakeChain chain = *this->device_->Pop();
  chain.id = 5;
  this->device_->Push(chain, 1);
  EXPECT_FALSE(this->ring_.Take());
  EXPECT_TRUE(this->ring_.broken());
}

TYPED_TEST(RingTest, AChainUsedTwiceBreaksIt) {
  this->Start(8);
  this->AddWritable();
  this->AddWritable();
  this->ring_.Publish();
  const FakeChain chain = *this->device_->Pop();
  this->device_->Push(chain, 1);
  this->device_->Push(chain, 1);
  EXPECT_TRUE(this->ring_.Take());
  EXPECT_FALSE(this->ring_.Take());
  EXPECT_TRUE(this->ring_.broken());
}

TYPED_TEST(RingTest, MoreBytesThanTheChainHoldsBreakIt) {
  this->Start(8);
  this->AddWritable(64);
  this->ring_.Publish();
  this->device_->Push(*this->device_->Pop(), 65);
  EXPECT_FALSE(this->ring_.Take());
  EXPECT_TRUE(this->ring_.broken());
}

using SplitRingTest = RingTest<SplitRing>;

TEST_F(SplitRingTest, AUsedIndexAheadOfWhatWasGivenBreaksIt) {
  Start(8);
  AddWritable();
  ring_.Publish();
  device_->used->index = 2;
  EXPECT_FALSE(ring_.Take());
  EXPECT_TRUE(ring_.broken());
}

TEST_F(SplitRingTest, AUsedIndexThatGoesBackBreaksIt) {
  Start(8);
  AddWritable();
  ring_.Publish();
  device_->Push(*device_->Pop(), 1);
  EXPECT_TRUE(ring_.Take());
  device_->used->index = 0;
  EXPECT_FALSE(ring_.Take());
  EXPECT_TRUE(ring_.broken());
}

TEST_F(SplitRingTest, ADescriptorTableTheDeviceRewroteIsNotFollowed) {
  Start(8);
  const std::uint16_t id = AddReadable(3);
  ring_.Publish();
  const FakeChain chain = *device_->Pop();
  for (std::uint16_t i = 0; i < 8; ++i) {
    device_->descriptors[i] = {~0ull, ~0u, SplitDescriptor::kNext, i};  // loops
  }
  device_->Push(chain, 0);
  ASSERT_TRUE(ring_.Take());
  ring_.Free(id);
  EXPECT_EQ(ring_.free(), 8);
  AddReadable(8);
  ring_.Publish();
  EXPECT_EQ(device_->Pop()->segments.size(), 8u);
}

using PackedRingTest = RingTest<PackedRing>;

TEST_F(PackedRingTest, EveryDescriptorMarkedUsedBreaksItOnce) {
  Start(8);
  AddWritable();
  ring_.Publish();
  for (std::uint16_t i = 0; i < 8; ++i) {
    device_->descriptors[i].flags = PackedDescriptor::kAvailable | PackedDescriptor::kUsed;
    device_->descriptors[i].id = 0;
  }
  int taken = 0;
  while (ring_.Take()) {
    ++taken;
  }
  EXPECT_LE(taken, 1);
  EXPECT_TRUE(ring_.broken());
}

}  // namespace
}  // namespace ashlar::virtio
