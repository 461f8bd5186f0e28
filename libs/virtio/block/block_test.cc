// Tests of the block driver against a device in memory, over both kinds of ring, honest and not.
// SPDX-License-Identifier: Apache-2.0
#include "libs/virtio/block/block.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/result.h"
#include "libs/blockdev/blockdev.h"
#include "libs/events/events.h"
#include "libs/virtio/block/block_format.h"
#include "libs/virtio/fake_device.h"
#include "libs/virtio/packed_ring.h"
#include "libs/virtio/ring.h"
#include "libs/virtio/split_ring.h"
#include "libs/virtio/virtio.h"

namespace ashlar::virtio {
namespace {

using block::Header;
using block::kRequestQueue;
using blockdev::Operation;

constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kSectors = 100;
constexpr Features kAll = kVersion1 | kEventIndex | kPackedRing | block::kSizeMax |
                          block::kBlockSize | block::kFlush | block::kDiscard;

struct Client final : blockdev::Client {
  void Completed(void* cookie, Result<void> result) override {
    done.emplace_back(reinterpret_cast<std::uintptr_t>(cookie), result);
  }
  std::vector<std::pair<std::uintptr_t, Result<void>>> done;
};

void* Cookie(std::uintptr_t number) { return reinterpret_cast<void*>(number); }

struct Split {
  using Queue = FakeSplitQueue;
  static constexpr auto kStart = &StartBlock;
};
struct Packed {
  using Queue = FakePackedQueue;
  static constexpr auto kStart = &StartBlockPacked;
};

template <typename Kind>
class BlockTest : public testing::Test {
 protected:
  BlockTest() {
    transport_.config.resize(60);
    Set(block::kConfigCapacity, kSectors);
    Set(block::kConfigSizeMax, std::uint32_t{64 * 1024});
    Set(block::kConfigBlockSize, std::uint32_t{kBlock});
    Set(block::kConfigMaxDiscard, std::uint32_t{8});
    transport_.maximum_sizes = {{kRequestQueue, 256}};
  }
  ~BlockTest() override {
    if (block_ != nullptr) {
      block_->Stop();
    }
  }

  template <typename T>
  void Set(std::size_t offset, T value) {
    std::memcpy(transport_.config.data() + offset, &value, sizeof(value));
  }

  void Start(const BlockOptions& options = {}) {
    const Result<Block*> block = Kind::kStart(transport_, event_, options);
    ASSERT_TRUE(block) << Describe(block.error());
    block_ = *block;
    queue_ = block_->queues()[0];
    ring_.emplace(transport_.Queue<typename Kind::Queue>(kRequestQueue));
  }
  Error StartError() {
    const Result<Block*> block = Kind::kStart(transport_, event_, {});
    EXPECT_FALSE(block);
    EXPECT_EQ(transport_.status, 0);
    return block ? Error::kExists : block.error();
  }

  // Does the next request as a device does; its header, if there is one.
  std::optional<Header> Serve(std::uint8_t status = block::kStatusOk) {
    const auto chain = ring_->Pop();
    if (!chain) {
      return std::nullopt;
    }
    const std::vector<std::byte> bytes = chain->Readable();
    Header header;
    std::memcpy(&header, bytes.data(), sizeof(header));
    readable_.assign(bytes.begin() + sizeof(header), bytes.end());
    std::vector<std::byte> answer;
    if (header.type == Header::kRead) {
      const std::span<const std::byte> disk = std::span(disk_).subspan(header.sector * kBlock);
      answer.assign(disk.begin(), disk.begin() + chain->segments[1].length);
    } else if (header.type == Header::kWrite) {
      std::ranges::copy(readable_, disk_.begin() + static_cast<long>(header.sector * kBlock));
    }
    answer.push_back(std::byte{status});
    ring_->Push(*chain, chain->Write(answer));
    return header;
  }

  Result<void> Submit(Operation operation, std::uint64_t first, std::span<std::byte> buffer,
                      std::uintptr_t cookie = 0) {
    return queue_->Submit({.operation = operation,
                           .first_block = first,
                           .buffer = buffer,
                           .block_count = buffer.size() / kBlock,
                           .cookie = Cookie(cookie)});
  }

  FakeTransport transport_{DeviceType::kBlock, kAll};
  events::Event event_;
  Block* block_ = nullptr;
  blockdev::Queue* queue_ = nullptr;
  Client client_;
  std::optional<typename Kind::Queue> ring_;
  std::vector<std::byte> disk_ = std::vector<std::byte>(kSectors * kBlock);
  std::vector<std::byte> readable_;
};

using Kinds = testing::Types<Split, Packed>;
TYPED_TEST_SUITE(BlockTest, Kinds);

TYPED_TEST(BlockTest, WhatTheDeviceSaysIsInTheProperties) {
  this->Start();
  EXPECT_NE(this->transport_.status & kStatusDriverOk, 0);
  const blockdev::Properties& properties = this->block_->properties();
  EXPECT_EQ(properties.block_size, kBlock);
  EXPECT_EQ(properties.block_count, kSectors);
  EXPECT_EQ(properties.max_blocks, 128u);
  EXPECT_EQ(properties.max_requests, 42u);
  EXPECT_TRUE(properties.write_cache);
  EXPECT_TRUE(properties.discard);
  EXPECT_FALSE(properties.read_only);
}

TYPED_TEST(BlockTest, WhatTheDeviceDoesNotOfferIsLeftOut) {
  this->transport_.offered = kVersion1 | kPackedRing | block::kReadOnly;
  this->Start({.max_transfer = 8192});
  const blockdev::Properties& properties = this->block_->properties();
  EXPECT_EQ(properties.max_blocks, 16u);
  EXPECT_FALSE(properties.write_cache);
  EXPECT_FALSE(properties.discard);
  EXPECT_TRUE(properties.read_only);
}

TYPED_TEST(BlockTest, LargeBlocksAreSeveralSectors) {
  this->Set(block::kConfigBlockSize, std::uint32_t{4096});
  this->Start();
  EXPECT_EQ(this->block_->properties().block_count, kSectors / 8);
  std::vector<std::byte> buffer(4096);
  ASSERT_TRUE(this->queue_->Submit({.first_block = 3, .buffer = buffer}));
  this->queue_->Notify();
  EXPECT_EQ(this->Serve()->sector, 24u);
}

TYPED_TEST(BlockTest, BlocksAreWrittenAndRead) {
  this->Start();
  std::vector<std::byte> written(3 * kBlock);
  for (std::size_t i = 0; i < written.size(); ++i) {
    written[i] = static_cast<std::byte>(i * 5 + i / kBlock);
  }
  ASSERT_TRUE(this->Submit(Operation::kWrite, 7, written, 1));
  EXPECT_EQ(this->transport_.notifications[kRequestQueue], 0);
  this->queue_->Notify();
  EXPECT_EQ(this->transport_.notifications[kRequestQueue], 1);
  EXPECT_FALSE(this->queue_->Poll(this->client_));
  ASSERT_TRUE(this->Serve());
  EXPECT_TRUE(this->queue_->Poll(this->client_));
  std::vector<std::byte> read(2 * kBlock);
  ASSERT_TRUE(this->Submit(Operation::kRead, 8, read, 2));
  this->queue_->Notify();
  ASSERT_TRUE(this->Serve());
  EXPECT_TRUE(this->queue_->Poll(this->client_));
  ASSERT_EQ(this->client_.done.size(), 2u);
  EXPECT_TRUE(this->client_.done[0].second);
  EXPECT_EQ(this->client_.done[1].first, 2u);
  EXPECT_TRUE(std::ranges::equal(read, std::span(written).subspan(kBlock)));
}

TYPED_TEST(BlockTest, ADiscardIsOfAsMuchAsTheDeviceTakes) {
  this->Start();
  ASSERT_TRUE(this->queue_->Submit(
      {.operation = Operation::kDiscard, .first_block = 5, .block_count = 20}));
  this->queue_->Notify();
  EXPECT_EQ(this->Serve()->type, Header::kDiscard);
  block::DiscardRange range;
  ASSERT_EQ(this->readable_.size(), sizeof(range));
  std::memcpy(&range, this->readable_.data(), sizeof(range));
  EXPECT_EQ(range.sector, 5u);
  EXPECT_EQ(range.sector_count, 8u);
  EXPECT_EQ(range.flags, 0u);
}

TYPED_TEST(BlockTest, AFlushIsForDevicesThatHaveACache) {
  this->Start();
  ASSERT_TRUE(this->queue_->Submit({.operation = Operation::kFlush}));
  this->queue_->Notify();
  EXPECT_FALSE(this->queue_->Poll(this->client_));
  EXPECT_EQ(this->Serve()->type, Header::kFlush);
  EXPECT_TRUE(this->queue_->Poll(this->client_));
  EXPECT_EQ(this->client_.done.size(), 1u);
}

TYPED_TEST(BlockTest, AFlushOfNoCacheIsDoneAtOnce) {
  this->transport_.offered = kVersion1 | kPackedRing;
  this->Start();
  for (std::uintptr_t i = 1; i <= 42; ++i) {
    ASSERT_TRUE(this->queue_->Submit({.operation = Operation::kFlush, .cookie = Cookie(i)}));
  }
  EXPECT_EQ(this->queue_->Submit({.operation = Operation::kFlush}).error(), Error::kWouldBlock);
  this->queue_->Notify();
  EXPECT_FALSE(this->queue_->EnableNotifications());
  EXPECT_FALSE(this->Serve());
  EXPECT_TRUE(this->queue_->Poll(this->client_));
  ASSERT_EQ(this->client_.done.size(), 42u);
  EXPECT_EQ(this->client_.done[41].first, 42u);
  EXPECT_FALSE(this->queue_->Poll(this->client_));
  EXPECT_TRUE(this->queue_->EnableNotifications());
}

TYPED_TEST(BlockTest, AFailureIsOnlyItsOwnRequests) {
  this->Start();
  std::vector<std::byte> buffer(kBlock);
  for (std::uintptr_t i = 1; i <= 4; ++i) {
    ASSERT_TRUE(this->Submit(Operation::kWrite, i, buffer, i));
  }
  this->queue_->Notify();
  for (const std::uint8_t status :
       {block::kStatusOk, block::kStatusError, block::kStatusUnsupported, std::uint8_t{0xff}}) {
    ASSERT_TRUE(this->Serve(status));
  }
  this->queue_->Poll(this->client_);
  ASSERT_EQ(this->client_.done.size(), 4u);
  EXPECT_TRUE(this->client_.done[0].second);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(this->client_.done[i].second.error(), Error::kInputOutput);
  }
  EXPECT_TRUE(this->Submit(Operation::kRead, 0, buffer));
}

TYPED_TEST(BlockTest, AFullRingBlocksAndGoesRound) {
  this->Start({.ring = 16});
  std::vector<std::byte> buffer(kBlock);
  std::uintptr_t next = 1;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(this->Submit(Operation::kRead, next % kSectors, buffer, next));
      ++next;
    }
    EXPECT_EQ(this->Submit(Operation::kRead, 0, buffer).error(), Error::kWouldBlock);
    this->queue_->Notify();
    while (this->Serve()) {
    }
    EXPECT_TRUE(this->queue_->Poll(this->client_));
  }
  ASSERT_EQ(this->client_.done.size(), next - 1);
  for (std::size_t i = 0; i < this->client_.done.size(); ++i) {
    EXPECT_EQ(this->client_.done[i].first, i + 1);
  }
}

TYPED_TEST(BlockTest, ACompletionThatCameMeanwhileKeepsNotificationsOff) {
  this->Start();
  std::vector<std::byte> buffer(kBlock);
  ASSERT_TRUE(this->Submit(Operation::kRead, 0, buffer));
  this->queue_->Notify();
  EXPECT_TRUE(this->queue_->EnableNotifications());
  ASSERT_TRUE(this->Serve());
  EXPECT_TRUE(this->ring_->WantsInterrupt());
  EXPECT_FALSE(this->queue_->EnableNotifications());
  this->event_.Note();
  EXPECT_FALSE(this->queue_->EnableNotifications());
  EXPECT_EQ(this->transport_.acknowledgements, 1);
}

TYPED_TEST(BlockTest, ADeviceThatBreaksItsRulesIsResetAndItsRequestsEnd) {
  this->Start();
  std::vector<std::byte> buffer(kBlock);
  for (std::uintptr_t i = 1; i <= 3; ++i) {
    ASSERT_TRUE(this->Submit(Operation::kRead, 0, buffer, i));
  }
  this->queue_->Notify();
  auto chain = this->ring_->Pop();
  this->ring_->Push(*chain, kBlock + 2);  // more than fits
  EXPECT_TRUE(this->queue_->Poll(this->client_));
  ASSERT_EQ(this->client_.done.size(), 3u);
  for (const auto& done : this->client_.done) {
    EXPECT_EQ(done.second.error(), Error::kBroken);
  }
  EXPECT_EQ(this->transport_.status, 0);
  EXPECT_EQ(this->Submit(Operation::kRead, 0, buffer).error(), Error::kBroken);
  this->queue_->Notify();
  EXPECT_FALSE(this->queue_->Poll(this->client_));
  this->event_.Note();
  EXPECT_TRUE(this->queue_->EnableNotifications());
  EXPECT_FALSE(this->event_.pending());  // or the CPU would never sleep again
}

TYPED_TEST(BlockTest, AChainThatNobodyGaveIsTheEnd) {
  this->Start();
  FakeChain lie;
  lie.id = 9;
  lie.descriptors = 1;
  this->ring_->Push(lie, 1);
  EXPECT_TRUE(this->queue_->Poll(this->client_));
  EXPECT_TRUE(this->client_.done.empty());
  EXPECT_EQ(this->queue_->Submit({.operation = Operation::kFlush}).error(), Error::kBroken);
}

TYPED_TEST(BlockTest, NonsenseInTheConfigurationIsBroken) {
  for (const std::uint32_t size : {0u, 256u, 513u, 3u << 9}) {
    this->Set(block::kConfigBlockSize, size);
    EXPECT_EQ(this->StartError(), Error::kBroken) << size;
  }
  this->Set(block::kConfigBlockSize, std::uint32_t{kBlock});
  this->Set(block::kConfigCapacity, ~std::uint64_t{0});
  EXPECT_EQ(this->StartError(), Error::kBroken);
  this->Set(block::kConfigCapacity, kSectors);
  this->Set(block::kConfigSizeMax, std::uint32_t{511});
  EXPECT_EQ(this->StartError(), Error::kBroken);
  this->Set(block::kConfigSizeMax, std::uint32_t{4096});
  this->transport_.maximum_sizes = {{kRequestQueue, 2}};
  EXPECT_EQ(this->StartError(), Error::kBroken);
  this->transport_.maximum_sizes.clear();
  EXPECT_EQ(this->StartError(), Error::kNotFound);
  this->transport_.config.resize(4);
  EXPECT_EQ(this->StartError(), Error::kUnsupported);
}

TEST(BlockKindTest, AnotherDeviceIsNotFound) {
  FakeTransport transport(DeviceType::kNetwork, kAll);
  events::Event event;
  EXPECT_EQ(StartBlock(transport, event).error(), Error::kNotFound);
}

TEST(BlockKindTest, PackedRingsAreForDevicesThatHaveThem) {
  FakeTransport transport(DeviceType::kBlock, kVersion1);
  events::Event event;
  EXPECT_EQ(StartBlockPacked(transport, event).error(), Error::kUnsupported);
}

}  // namespace
}  // namespace ashlar::virtio
