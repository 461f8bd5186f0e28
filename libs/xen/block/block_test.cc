// Blkfront against a back end made of memory: one that keeps to the protocol, and one that lies.
// SPDX-License-Identifier: Apache-2.0
#include "libs/xen/block/block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/blockdev/blockdev.h"
#include "libs/events/events.h"
#include "libs/xen/abi.h"
#include "libs/xen/block/fake_back_end.h"
#include "libs/xen/doorbell.h"
#include "libs/xen/frames.h"
#include "libs/xen/grant_table.h"
#include "libs/xen/peer.h"

namespace ashlar::xen {
namespace {

using blockdev::Operation;
using blockdev::Request;

constexpr std::size_t kSectors = 256;
constexpr Disk kDisk = {
    .sectors = kSectors, .sector_size = 512, .read_only = false, .flush = true, .discard = true};

struct Bell final : Doorbell {
  void Ring() override { ++rings; }
  int rings = 0;
};

struct Owner final : blockdev::Client {
  void Completed(void* cookie, Result<void> result) override { done.emplace_back(cookie, result); }
  std::vector<std::pair<void*, Result<void>>> done;
};

struct Rig {
  explicit Rig(const Disk& disk = kDisk) {
    EXPECT_TRUE(front.Share(BackEnd()));
    EXPECT_TRUE(front.Connect(disk));
    back.sector_size = disk.sector_size;
    for (std::size_t i = 0; i < back.disk.size(); ++i) {
      back.disk[i] = static_cast<std::byte>(i * 3 + i / 512);
    }
  }
  Peer BackEnd() {
    return {.grants = &table,
            .frames = Frames(nullptr, reinterpret_cast<std::uintptr_t>(memory.get())),
            .back_end = 2};
  }
  Result<void> Submit(const Request& request) {
    const Result<void> result = queue.Submit(request);
    queue.Notify();
    return result;
  }
  std::span<std::byte> Data(std::size_t offset, std::size_t size) {
    return std::span(memory->data).subspan(offset, size);
  }
  void RoundTrip() {
    back.Work();
    back.Answer();
    queue.Poll(owner);
  }
  // The domain is another one now: what it granted and what the back end knew is gone.
  void Restart() {
    std::ranges::fill(entries, GrantEntry{});
    table.Restart();
    back.Restart();
    front.Restart();
  }
  int Granted() const {
    return static_cast<int>(
        std::ranges::count_if(entries, [](const GrantEntry& entry) { return entry.flags != 0; }));
  }
  bool Broken() { return queue.Submit({.operation = Operation::kFlush}).error() == Error::kBroken; }

  std::unique_ptr<FakeBlockMemory> memory = std::make_unique<FakeBlockMemory>();
  std::vector<GrantEntry> entries = std::vector<GrantEntry>(512);
  GrantTable table{entries};
  Bell bell;
  events::Event event;
  BlockFront front{{.ring = memory->ring,
                    .bounce = memory->bounce,
                    .doorbell = bell,
                    .event = event,
                    .number = 51712}};
  blockdev::Queue& queue = *front.queues()[0];
  FakeBlockBackEnd back{*memory, entries, kSectors};
  Owner owner;
  int cookie = 0;
};

struct BlockTest : testing::Test, Rig {};

TEST_F(BlockTest, WhatTheBackEndSaysIsTheDisk) {
  EXPECT_EQ(front.properties().block_size, 512U);
  EXPECT_EQ(front.properties().block_count, kSectors);
  EXPECT_TRUE(front.properties().write_cache);
  EXPECT_TRUE(front.properties().discard);
  EXPECT_FALSE(front.properties().read_only);
}

TEST_F(BlockTest, BlocksAreReadToWhereTheyBelong) {
  ASSERT_TRUE(Submit({.first_block = 7, .buffer = Data(3584, 5120), .cookie = &cookie}));
  RoundTrip();
  ASSERT_EQ(owner.done.size(), 1U);
  EXPECT_EQ(owner.done[0].first, &cookie);
  EXPECT_TRUE(owner.done[0].second);
  EXPECT_TRUE(std::ranges::equal(Data(3584, 5120), std::span(back.disk).subspan(7 * 512, 5120)));
  EXPECT_EQ(Granted(), 1);  // the ring
}

TEST_F(BlockTest, BlocksAreWritten) {
  std::ranges::fill(Data(512, 2048), std::byte{0x5a});
  ASSERT_TRUE(
      Submit({.operation = Operation::kWrite, .first_block = 250, .buffer = Data(512, 2048)}));
  // What is written the back end can only read.
  EXPECT_NE(entries[memory->ring.slots[0].request.segments[0].grant].flags & GrantEntry::kReadOnly,
            0);
  RoundTrip();
  EXPECT_TRUE(owner.done.at(0).second);
  EXPECT_EQ(std::ranges::count(back.disk, std::byte{0x5a}) >= 2048, true);
  EXPECT_EQ(back.disk[250 * 512], std::byte{0x5a});
  EXPECT_EQ(back.disk[254 * 512 - 1], std::byte{0x5a});
}

TEST_F(BlockTest, TheLargestTransferFitsARequestWhereverItBegins) {
  const std::size_t size = front.properties().max_blocks * 512;
  for (std::size_t offset = 0; offset < 4096; offset += 512) {
    ASSERT_TRUE(Submit({.buffer = Data(offset, size)}));
    RoundTrip();
    EXPECT_TRUE(owner.done.back().second);
    EXPECT_TRUE(std::ranges::equal(Data(offset, size), std::span(back.disk).first(size)));
  }
}

TEST_F(BlockTest, ABlockLargerThanASectorIsCountedInSectors) {
  Rig large({.sectors = kSectors,
             .sector_size = 4096,
             .read_only = true,
             .flush = false,
             .discard = false});
  EXPECT_EQ(large.front.properties().block_count, kSectors / 8);
  ASSERT_TRUE(large.Submit({.first_block = 3, .buffer = large.Data(0, 4096)}));
  large.RoundTrip();
  EXPECT_TRUE(
      std::ranges::equal(large.Data(0, 4096), std::span(large.back.disk).subspan(3 * 4096, 4096)));
  EXPECT_EQ(large.Submit({.operation = Operation::kWrite, .buffer = large.Data(0, 4096)}).error(),
            Error::kPermission);
}

TEST_F(BlockTest, NoSectorIsCutIntoSegments) {
  for (const std::size_t size : {512, 1024, 2048, 4096}) {
    SCOPED_TRACE(size);
    Disk disk = kDisk;
    disk.sector_size = size;
    Rig rig(disk);
    EXPECT_EQ(rig.front.properties().buffer_alignment, size);
    for (std::size_t offset = size / 2; offset <= 4096; offset += size / 2) {
      const Result<void> submitted = rig.Submit({.buffer = rig.Data(offset, 8192)});
      if (offset % size != 0) {
        EXPECT_EQ(submitted.error(), Error::kInvalidArgument);
        continue;
      }
      ASSERT_TRUE(submitted);
      rig.RoundTrip();
      EXPECT_TRUE(rig.owner.done.back().second) << offset;
      EXPECT_TRUE(std::ranges::equal(rig.Data(offset, 8192), std::span(rig.back.disk).first(8192)));
    }
  }
}

TEST_F(BlockTest, FlushAndDiscardReachTheBackEnd) {
  ASSERT_TRUE(Submit({.operation = Operation::kFlush}));
  ASSERT_TRUE(Submit({.operation = Operation::kDiscard, .first_block = 8, .block_count = 16}));
  RoundTrip();
  ASSERT_EQ(back.requests.size(), 2U);
  EXPECT_EQ(back.requests[0].operation, BlockOperation::kFlush);
  EXPECT_EQ(back.requests[0].segment_count, 0);
  EXPECT_EQ(back.requests[1].operation, BlockOperation::kDiscard);
  EXPECT_EQ(back.requests[1].sector, 8U);
  EXPECT_EQ(back.requests[1].sector_count, 16U);
  EXPECT_EQ(owner.done.size(), 2U);
}

TEST_F(BlockTest, WithoutAWriteCacheAFlushIsDoneAtOnce) {
  Rig plain({.sectors = kSectors,
             .sector_size = 512,
             .read_only = false,
             .flush = false,
             .discard = false});
  ASSERT_TRUE(plain.Submit({.operation = Operation::kFlush}));
  EXPECT_FALSE(plain.queue.EnableNotifications());
  plain.queue.Poll(plain.owner);
  EXPECT_EQ(plain.owner.done.size(), 1U);
  EXPECT_TRUE(plain.back.requests.empty());
}

TEST_F(BlockTest, AFlushThatTheBackEndDoesNotKnowIsDoneAndNotAskedForAgain) {
  ASSERT_TRUE(Submit({.operation = Operation::kFlush, .cookie = &cookie}));
  back.Work();
  back.answers[0].status = BlockResponse::kUnsupported;
  back.Answer();
  queue.Poll(owner);
  ASSERT_EQ(owner.done.size(), 1U);
  EXPECT_TRUE(owner.done[0].second);
  ASSERT_TRUE(Submit({.operation = Operation::kFlush, .cookie = &cookie}));
  queue.Poll(owner);
  ASSERT_EQ(owner.done.size(), 2U);
  EXPECT_TRUE(owner.done[1].second);
  back.Work();
  EXPECT_EQ(back.requests.size(), 1U);
}

TEST_F(BlockTest, ADiscardThatTheBackEndDoesNotKnowIsUnsupported) {
  ASSERT_TRUE(Submit({.operation = Operation::kDiscard, .block_count = 1}));
  ASSERT_TRUE(Submit({.buffer = Data(0, 512)}));
  back.Work();
  back.answers[0].status = BlockResponse::kUnsupported;
  back.answers[1].status = BlockResponse::kUnsupported;
  back.Answer();
  queue.Poll(owner);
  ASSERT_EQ(owner.done.size(), 2U);
  EXPECT_EQ(owner.done[0].second.error(), Error::kUnsupported);
  EXPECT_EQ(owner.done[1].second.error(), Error::kInputOutput);
}

TEST_F(BlockTest, AfterARestoreToABackEndWithoutACacheAFlushThatWasUnderWayIsDone) {
  ASSERT_TRUE(Submit({.operation = Operation::kFlush}));
  Restart();
  ASSERT_TRUE(front.Share(BackEnd()));
  Disk plain = kDisk;
  plain.flush = false;
  ASSERT_TRUE(front.Connect(plain));
  EXPECT_FALSE(queue.EnableNotifications());
  queue.Poll(owner);
  ASSERT_EQ(owner.done.size(), 1U);
  EXPECT_TRUE(owner.done[0].second);
  back.Work();
  EXPECT_TRUE(back.requests.empty());
}

TEST_F(BlockTest, AfterARestoreTheDiskIsWhatItWasSaidToBe) {
  ASSERT_TRUE(Submit({.operation = Operation::kDiscard, .block_count = 1}));
  Restart();
  ASSERT_TRUE(front.Share(BackEnd()));
  Disk less = kDisk;
  less.flush = false;
  less.discard = false;
  ASSERT_TRUE(front.Connect(less));
  EXPECT_TRUE(front.properties().write_cache);
  EXPECT_TRUE(front.properties().discard);
  // It does not ask for what this back end does not do.
  ASSERT_TRUE(Submit({.operation = Operation::kDiscard, .block_count = 1}));
  EXPECT_FALSE(queue.EnableNotifications());
  RoundTrip();
  EXPECT_TRUE(back.requests.empty());
  ASSERT_EQ(owner.done.size(), 2U);
  EXPECT_EQ(owner.done[0].second.error(), Error::kUnsupported);
  EXPECT_EQ(owner.done[1].second.error(), Error::kUnsupported);
  // And the next one may do all of it again.
  Restart();
  ASSERT_TRUE(front.Share(BackEnd()));
  ASSERT_TRUE(front.Connect(kDisk));
  ASSERT_TRUE(Submit({.operation = Operation::kFlush}));
  RoundTrip();
  EXPECT_EQ(back.requests.size(), 1U);
}

TEST_F(BlockTest, AWriteCacheThatWasNotThereIsRefused) {
  Disk plain = kDisk;
  plain.flush = false;
  plain.discard = false;
  Rig rig(plain);
  Disk other = plain;
  other.discard = true;  // nobody misses it
  EXPECT_TRUE(rig.front.Connect(other));
  EXPECT_FALSE(rig.front.properties().discard);
  other.flush = true;
  EXPECT_EQ(rig.front.Connect(other).error(), Error::kBroken);
  EXPECT_FALSE(rig.front.properties().write_cache);
}

TEST_F(BlockTest, AnErrorIsOfItsRequestAlone) {
  ASSERT_TRUE(Submit({.buffer = Data(0, 512)}));
  back.Work();
  back.answers[0].status = -1;
  back.Answer();
  queue.Poll(owner);
  EXPECT_EQ(owner.done.at(0).second.error(), Error::kInputOutput);
  ASSERT_TRUE(Submit({.buffer = Data(0, 512)}));
  RoundTrip();
  EXPECT_TRUE(owner.done.at(1).second);
}

TEST_F(BlockTest, AFullRingRefusesUntilSomethingIsDone) {
  for (std::uint32_t i = 0; i < kBlockSlots; ++i) {
    ASSERT_TRUE(Submit({.buffer = Data(0, 4096)}));
  }
  EXPECT_EQ(Submit({.buffer = Data(0, 4096)}).error(), Error::kWouldBlock);
  RoundTrip();
  EXPECT_EQ(owner.done.size(), kBlockSlots);
  EXPECT_TRUE(Submit({.buffer = Data(0, 4096)}));
}

TEST_F(BlockTest, WithoutPagesForPartsARequestIsRefusedUntilSomethingIsDone) {
  for (std::size_t i = 0; i < FakeBlockMemory::kBouncePages - 1; ++i) {
    ASSERT_TRUE(Submit({.buffer = Data(512, 3584)}));
  }
  const int before = Granted();
  EXPECT_EQ(Submit({.buffer = Data(512, 4096)}).error(), Error::kWouldBlock);
  EXPECT_EQ(Granted(), before);
  EXPECT_TRUE(Submit({.buffer = Data(0, 4608)}));
  EXPECT_EQ(Submit({.buffer = Data(512, 512)}).error(), Error::kWouldBlock);
  EXPECT_TRUE(Submit({.buffer = Data(0, 4096)}));  // needs none
  RoundTrip();
  EXPECT_TRUE(Submit({.buffer = Data(512, 4096)}));
}

TEST_F(BlockTest, WithoutGrantsARequestIsRefusedAndLeavesNoTrace) {
  std::vector<GrantReference> others;
  while (const auto grant = table.Grant(0, 1, GrantTable::Access::kRead)) {
    others.push_back(*grant);
  }
  table.End(others.back());
  const int before = Granted();
  EXPECT_EQ(Submit({.buffer = Data(0, 8192)}).error(), Error::kWouldBlock);
  EXPECT_EQ(Granted(), before);
  EXPECT_TRUE(Submit({.buffer = Data(0, 512)}));
  RoundTrip();
  EXPECT_EQ(back.requests.size(), 1U);
}

TEST_F(BlockTest, WhoIsAboutToWaitTakesTheEvent) {
  ASSERT_TRUE(Submit({.buffer = Data(0, 512)}));
  EXPECT_TRUE(queue.EnableNotifications());
  RoundTrip();
  event.Note();
  EXPECT_TRUE(queue.EnableNotifications());
  EXPECT_FALSE(event.pending());  // a wait that finds it never sleeps
}

TEST_F(BlockTest, AfterARestoreWhatWasUnderWayIsAskedForAgain) {
  ASSERT_TRUE(Submit({.first_block = 9, .buffer = Data(0, 1024), .cookie = &cookie}));
  Restart();
  ASSERT_TRUE(front.Share(BackEnd()));
  ASSERT_TRUE(front.Connect(kDisk));
  RoundTrip();
  ASSERT_EQ(owner.done.size(), 1U);
  EXPECT_TRUE(owner.done[0].second);
  EXPECT_TRUE(std::ranges::equal(Data(0, 1024), std::span(back.disk).subspan(9 * 512, 1024)));
}

TEST_F(BlockTest, WithoutABackEndAfterARestoreWhatWasUnderWayFails) {
  ASSERT_TRUE(Submit({.buffer = Data(0, 1024), .cookie = &cookie}));
  Restart();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(table.Grant(0, 1, GrantTable::Access::kRead));
  }
  front.GiveUp();
  queue.Poll(owner);
  ASSERT_EQ(owner.done.size(), 1U);
  EXPECT_EQ(owner.done[0].second.error(), Error::kBroken);
  EXPECT_EQ(Granted(), 2);  // others', of the numbers that the ring and the buffer had
}

TEST_F(BlockTest, WhatIsMappedIsNotGivenUp) {
  ASSERT_TRUE(Submit({.buffer = Data(0, 8192), .cookie = &cookie}));
  Restart();
  ASSERT_TRUE(front.Share(BackEnd()));
  ASSERT_TRUE(front.Connect(kDisk));
  entries[memory->ring.slots[0].request.segments[1].grant].flags |= GrantEntry::kWriting;
  for (int i = 0; i < 2; ++i) {
    front.GiveUp();
    queue.Poll(owner);
    EXPECT_TRUE(owner.done.empty());
    EXPECT_EQ(Granted(), 2);  // the ring, and this page
  }
  EXPECT_NE(table.Grant(0, 1, GrantTable::Access::kRead),
            table.Grant(0, 1, GrantTable::Access::kRead));  // none ended twice
  Restart();
  queue.Poll(owner);
  EXPECT_EQ(owner.done.size(), 1U);
  EXPECT_TRUE(Broken());
}

TEST_F(BlockTest, AnotherDiskAfterARestoreIsRefused) {
  Disk smaller = kDisk;
  smaller.sectors = 8;
  EXPECT_EQ(front.Connect(smaller).error(), Error::kBroken);
}

// Lies.

TEST_F(BlockTest, WhatSharesAPageWithABufferIsNeitherReadNorWritten) {
  constexpr auto kOthers = std::byte{0x77};
  const auto is_others = [&](std::byte byte) { return byte == kOthers; };
  back.disk.assign(back.disk.size(), std::byte{1});
  back.evil = [&](std::span<std::byte, kPageSize> page, bool writable) {
    EXPECT_TRUE(std::ranges::none_of(page, is_others));
    if (writable) {
      std::ranges::fill(page, std::byte{0xee});
    }
  };
  for (const auto& [begin, end] : {std::pair<std::size_t, std::size_t>{512, 1024},
                                   {0, 512},
                                   {3584, 4608},
                                   {3584, 4096},
                                   {1024, 9216},
                                   {4096, 8192}}) {
    for (const Operation operation : {Operation::kRead, Operation::kWrite}) {
      std::ranges::fill(memory->data, kOthers);
      std::ranges::fill(Data(begin, end - begin), std::byte{2});
      ASSERT_TRUE(Submit({.operation = operation, .buffer = Data(begin, end - begin)}));
      RoundTrip();
      EXPECT_TRUE(owner.done.back().second);
      EXPECT_TRUE(std::ranges::all_of(Data(0, begin), is_others));
      EXPECT_TRUE(std::ranges::all_of(Data(end, 16384 - end), is_others));
    }
    EXPECT_TRUE(
        std::ranges::equal(Data(begin, end - begin), std::span(back.disk).first(end - begin)));
  }
}

TEST_F(BlockTest, WhatItsPagesWereBeforeIsNotGranted) {
  Rig other;
  std::memset(static_cast<void*>(other.memory.get()), 0x77, sizeof *other.memory);
  BlockFront front({.ring = other.memory->ring,
                    .bounce = other.memory->bounce,
                    .doorbell = other.bell,
                    .event = other.event,
                    .number = 0});
  ASSERT_TRUE(front.Share(other.BackEnd()));
  const auto is_zero = [](std::byte byte) { return byte == std::byte{}; };
  EXPECT_TRUE(std::ranges::all_of(other.memory->bounce, is_zero));
  EXPECT_TRUE(std::ranges::all_of(other.memory->ring.rest, is_zero));
}

TEST_F(BlockTest, ADiskThatCannotBeIsRefused) {
  for (const auto& [sectors, size] : {std::pair<std::uint64_t, std::uint64_t>{8, 0},
                                      {8, 511},
                                      {8, 513},
                                      {64, 8192},
                                      {64, 32768},
                                      {8, 1 << 20},
                                      {~std::uint64_t{0}, 512},
                                      {8, ~std::uint64_t{0}}}) {
    Rig other;
    BlockFront front({.ring = other.memory->ring,
                      .bounce = other.memory->bounce,
                      .doorbell = other.bell,
                      .event = other.event,
                      .number = 0});
    ASSERT_TRUE(front.Share(other.BackEnd()));
    EXPECT_EQ(front
                  .Connect({.sectors = sectors,
                            .sector_size = size,
                            .read_only = false,
                            .flush = false,
                            .discard = false})
                  .error(),
              Error::kBroken)
        << sectors << " " << size;
  }
}

TEST_F(BlockTest, MoreAnswersThanRequestsBreakIt) {
  ASSERT_TRUE(Submit({.buffer = Data(0, 512), .cookie = &cookie}));
  memory->ring.header.response_producer = 2;
  queue.Poll(owner);
  EXPECT_TRUE(Broken());
  ASSERT_EQ(owner.done.size(), 1U);
  EXPECT_EQ(owner.done[0].second.error(), Error::kBroken);
}

TEST_F(BlockTest, AnAnswerForWhatWasNotAskedBreaksIt) {
  for (const std::uint64_t id : {std::uint64_t{1}, std::uint64_t{kBlockSlots}, ~std::uint64_t{0}}) {
    Rig other;
    ASSERT_TRUE(other.Submit({.buffer = other.Data(0, 512)}));
    other.back.RawAnswer({.id = id, .operation = 0, .status = 0});
    other.queue.Poll(other.owner);
    EXPECT_TRUE(other.Broken()) << id;
  }
}

TEST_F(BlockTest, AnAnswerWhileAPageIsStillMappedBreaksItAndIsNotBelieved) {
  ASSERT_TRUE(Submit({.buffer = Data(0, 512)}));
  entries[memory->ring.slots[0].request.segments[0].grant].flags |= GrantEntry::kWriting;
  back.Work();
  back.Answer();
  queue.Poll(owner);
  EXPECT_TRUE(Broken());
  EXPECT_TRUE(owner.done.empty());
  Restart();  // nobody has it mapped any more
  queue.Poll(owner);
  EXPECT_EQ(owner.done.size(), 1U);
}

}  // namespace
}  // namespace ashlar::xen
