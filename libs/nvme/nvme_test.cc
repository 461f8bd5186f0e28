// Tests of the driver against a controller made of memory, honest and not.
// SPDX-License-Identifier: Apache-2.0
#include "libs/nvme/nvme.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/aligned_bytes.h"
#include "libs/base/result.h"
#include "libs/base/units.h"
#include "libs/blockdev/blockdev.h"
#include "libs/clock/clock.h"
#include "libs/events/events.h"
#include "libs/nvme/commands.h"
#include "libs/nvme/fake_controller.h"
#include "libs/nvme/registers.h"
#include "libs/pci/fake_config_space.h"
#include "libs/pci/pci.h"

namespace ashlar::nvme {
namespace {

using blockdev::Operation;
using std::chrono::milliseconds;

constexpr std::size_t kBlock = FakeController::kBlock;
constexpr pci::Address kAddress = {.bus = 0, .device = 4};

struct Client final : blockdev::Client {
  void Completed(void* cookie, Result<void> result) override {
    done.emplace_back(reinterpret_cast<std::uintptr_t>(cookie), result);
  }
  std::vector<std::pair<std::uintptr_t, Result<void>>> done;
};

void* Cookie(std::uintptr_t number) { return reinterpret_cast<void*>(number); }

AlignedBytes MakePages(std::size_t bytes) { return MakeAlignedBytes(bytes, kPageSize); }

class NvmeTest : public testing::Test {
 protected:
  using TestController = Controller<FakeControllerBus>;

  NvmeTest() {
    config_.At(kAddress) = pci::FakeFunction::Device(0x8086, 0x5845);
    for (std::size_t i = 0; i < buffer_size_; ++i) {
      buffer_[i] = static_cast<std::byte>(i * 7 + i / kBlock);
    }
  }

  Result<TestController*> Start() {
    return TestController::Start({FakeControllerBus(fake_), 0x2000, config_, kAddress},
                                 {memory_.get(), TestController::MemoryFor()}, event_, options_);
  }
  blockdev::Queue& StartQueue() {
    controller_ = Start().value();
    return *controller_->queues()[0];
  }
  bool may_reach_memory() {
    return (config_.At(kAddress).registers[1] & pci::kCommandBusMaster) != 0;
  }
  // Submits, notifies and polls; the result of the one request.
  Result<void> Do(blockdev::Queue& queue, const blockdev::Request& request) {
    const Result<void> submitted = queue.Submit(request);
    if (!submitted) {
      return submitted;
    }
    queue.Notify();
    Client client;
    queue.Poll(client);
    EXPECT_EQ(client.done.size(), 1u);
    return client.done.empty() ? std::unexpected(Error::kWouldBlock) : client.done[0].second;
  }
  std::span<std::byte> buffer(std::size_t offset, std::size_t size) {
    return {buffer_.get() + offset, size};
  }

  FakeController fake_;
  pci::FakeConfigSpace config_;
  AlignedBytes memory_ = MakePages(TestController::MemoryFor());
  std::size_t buffer_size_ = 256 * kKiB;
  AlignedBytes buffer_ = MakePages(buffer_size_);
  events::Event event_;
  Options options_;
  Client client_;
  TestController* controller_ = nullptr;
};

TEST_F(NvmeTest, WhatTheControllerSaysIsInTheProperties) {
  StartQueue();
  const blockdev::Properties& properties = controller_->properties();
  EXPECT_EQ(properties.block_size, 512u);
  EXPECT_EQ(properties.block_count, 2048u);
  EXPECT_EQ(properties.max_blocks, 256u);
  EXPECT_EQ(properties.max_requests, 63u);
  EXPECT_TRUE(properties.write_cache);
  EXPECT_TRUE(properties.discard);
  EXPECT_FALSE(properties.read_only);
}

TEST_F(NvmeTest, LimitsOfTheControllerAreKept) {
  fake_.At(Register::kCapabilities) = 0x0100'0004;  // five entries
  fake_.identify_controller[77] = std::byte{2};     // four pages
  fake_.identify_controller[520] = std::byte{0};
  fake_.identify_controller[525] = std::byte{0};
  fake_.identify_namespace[99] = std::byte{1};
  fake_.identify_namespace[128 + 2] = std::byte{12};
  StartQueue();
  const blockdev::Properties& properties = controller_->properties();
  EXPECT_EQ(properties.block_size, 4096u);
  EXPECT_EQ(properties.max_blocks, 4u);
  EXPECT_EQ(properties.max_requests, 4u);
  EXPECT_FALSE(properties.write_cache);
  EXPECT_FALSE(properties.discard);
  EXPECT_TRUE(properties.read_only);
}

TEST_F(NvmeTest, TheFirstActiveNamespaceIsTheDevice) {
  fake_.active_namespace = 5;
  blockdev::Queue& queue = StartQueue();
  ASSERT_TRUE(Do(queue, {.buffer = buffer(0, kBlock)}));
  EXPECT_EQ(fake_.commands.back().namespace_id, 5u);
}

TEST_F(NvmeTest, AnOldControllerHasNamespaceOne) {
  fake_.At(Register::kVersion) = 0x00010000;
  fake_.active_namespace = 5;
  blockdev::Queue& queue = StartQueue();
  ASSERT_TRUE(Do(queue, {.buffer = buffer(0, kBlock)}));
  EXPECT_EQ(fake_.commands.back().namespace_id, 1u);
}

TEST_F(NvmeTest, BlocksOfAllLengthsAndPlacesAreWrittenAndRead) {
  blockdev::Queue& queue = StartQueue();
  const AlignedBytes into = MakePages(buffer_size_);
  for (const std::size_t blocks : {1, 7, 8, 9, 16, 17, 100, 255, 256}) {
    for (const std::size_t offset : {0, 4, 512, 4092}) {
      std::ranges::fill(fake_.disk, std::byte{0});
      const std::span<std::byte> from = buffer(offset, blocks * kBlock);
      const std::span<std::byte> back(into.get() + 4096 - offset, blocks * kBlock);
      ASSERT_TRUE(Do(queue, {.operation = Operation::kWrite, .first_block = 3, .buffer = from}));
      ASSERT_TRUE(std::ranges::equal(std::span(fake_.disk).subspan(3 * kBlock, from.size()), from))
          << blocks << " at " << offset;
      EXPECT_EQ(fake_.disk[(3 + blocks) * kBlock], std::byte{0});
      ASSERT_TRUE(Do(queue, {.first_block = 3, .buffer = back}));
      ASSERT_TRUE(std::ranges::equal(from, back)) << blocks << " at " << offset;
    }
  }
}

TEST_F(NvmeTest, FlushAndDiscardAreCommandsOfTheirOwn) {
  blockdev::Queue& queue = StartQueue();
  ASSERT_TRUE(Do(queue, {.operation = Operation::kFlush}));
  EXPECT_EQ(fake_.commands.back().opcode_and_id & 0xff, Io::kFlush);
  std::ranges::fill(fake_.disk, std::byte{1});
  ASSERT_TRUE(Do(queue, {.operation = Operation::kDiscard, .first_block = 2, .block_count = 3}));
  EXPECT_EQ(std::ranges::count(fake_.disk, std::byte{0}), 3 * kBlock);
  EXPECT_EQ(fake_.disk[2 * kBlock], std::byte{0});
}

TEST_F(NvmeTest, ADiscardOfMoreThanARangeHoldsTakesSeveral) {
  fake_.SetBlockCount(std::uint64_t{1} << 40);
  std::uint32_t ranges = 0;
  std::vector<Range> told;
  fake_.interpose = [&](bool admin, const Command& command) -> std::uint16_t {
    if (admin || (command.opcode_and_id & 0xff) != Io::kDatasetManagement) {
      return 0;
    }
    ranges = command.words[0] + 1;
    const auto* const first = reinterpret_cast<const Range*>(command.data[0]);
    told.assign(first, first + ranges);
    return 2;
  };
  blockdev::Queue& queue = StartQueue();
  const blockdev::Request request = {
      .operation = Operation::kDiscard, .first_block = 5, .block_count = 0x1'0000'0004};
  EXPECT_EQ(Do(queue, request).error(), Error::kInputOutput);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].first_block, 5u);
  EXPECT_EQ(told[0].block_count, 0xffff'ffffu);
  EXPECT_EQ(told[1].first_block, 0x1'0000'0004u);
  EXPECT_EQ(told[1].block_count, 5u);
  Do(queue, {.operation = Operation::kDiscard, .block_count = std::uint64_t{1} << 40}).error();
  EXPECT_EQ(ranges, 16u);
}

TEST_F(NvmeTest, ManyRequestsGoRoundTheQueues) {
  blockdev::Queue& queue = StartQueue();
  std::uintptr_t next = 1;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 37; ++i) {
      ASSERT_TRUE(queue.Submit(
          {.first_block = next % 2048, .buffer = buffer(0, kBlock), .cookie = Cookie(next)}));
      ++next;
    }
    queue.Notify();
    EXPECT_TRUE(queue.Poll(client_));
  }
  ASSERT_EQ(client_.done.size(), next - 1);
  for (std::size_t i = 0; i < client_.done.size(); ++i) {
    EXPECT_EQ(client_.done[i].first, i + 1);
    EXPECT_TRUE(client_.done[i].second);
  }
}

TEST_F(NvmeTest, AFullQueueBlocksUntilSomethingIsDone) {
  blockdev::Queue& queue = StartQueue();
  const blockdev::Request request = {.buffer = buffer(0, kBlock)};
  for (int i = 0; i < 63; ++i) {
    ASSERT_TRUE(queue.Submit(request));
  }
  EXPECT_EQ(queue.Submit(request).error(), Error::kWouldBlock);
  EXPECT_FALSE(queue.Poll(client_));
  queue.Notify();
  EXPECT_FALSE(queue.EnableNotifications());
  EXPECT_TRUE(queue.Poll(client_));
  EXPECT_EQ(client_.done.size(), 63u);
  EXPECT_TRUE(queue.EnableNotifications());
  EXPECT_TRUE(queue.Submit(request));
}

TEST_F(NvmeTest, AFailedCommandIsOnlyItsOwnRequests) {
  fake_.interpose = [&](bool admin, const Command& command) -> std::uint16_t {
    return !admin && command.words[0] == 7 ? 0x281 : !admin && command.words[0] == 8 ? 0x20 : 0;
  };
  blockdev::Queue& queue = StartQueue();
  for (std::uintptr_t block = 6; block < 10; ++block) {
    ASSERT_TRUE(queue.Submit({.operation = Operation::kWrite,
                              .first_block = block,
                              .buffer = buffer(0, kBlock),
                              .cookie = Cookie(block)}));
  }
  queue.Notify();
  queue.Poll(client_);
  ASSERT_EQ(client_.done.size(), 4u);
  EXPECT_TRUE(client_.done[0].second);
  EXPECT_EQ(client_.done[1].second.error(), Error::kInputOutput);
  EXPECT_EQ(client_.done[2].second.error(), Error::kPermission);
  EXPECT_TRUE(client_.done[3].second);
  EXPECT_TRUE(may_reach_memory());
}

TEST_F(NvmeTest, ALineIsMaskedButWhileTheCpuSleeps) {
  options_.messages = false;
  blockdev::Queue& queue = StartQueue();
  EXPECT_NE(fake_.interrupt_mask & 1, 0u);
  EXPECT_TRUE(queue.EnableNotifications());
  EXPECT_EQ(fake_.interrupt_mask, 0u);
  queue.DisableNotifications();
  EXPECT_NE(fake_.interrupt_mask & 1, 0u);
  ASSERT_TRUE(queue.Submit({.operation = Operation::kFlush}));
  queue.Notify();
  EXPECT_FALSE(queue.EnableNotifications());
  EXPECT_NE(fake_.interrupt_mask & 1, 0u);
}

TEST_F(NvmeTest, MessagesNeedNoMask) {
  blockdev::Queue& queue = StartQueue();
  EXPECT_TRUE(queue.EnableNotifications());
  queue.DisableNotifications();
  EXPECT_EQ(fake_.interrupt_mask, 0u);
}

TEST_F(NvmeTest, ItReachesMemoryOnceItHasStoppedWhatFirmwareTold) {
  bool before = true;
  fake_.At(Register::kConfiguration) = Configuration::kEnable;  // as firmware left it
  fake_.At(Register::kStatus) = 1;
  fake_.stopped = [&] { before = may_reach_memory(); };
  StartQueue();
  EXPECT_FALSE(before);
  EXPECT_TRUE(may_reach_memory());
}

// Controllers that are none for us, or don't start.

TEST_F(NvmeTest, AControllerThatIsNotReadyInItsTimeIsCutOff) {
  fake_.becomes_ready = false;
  EXPECT_EQ(Start().error(), Error::kTimedOut);
  EXPECT_FALSE(may_reach_memory());
  EXPECT_EQ(fake_.At(Register::kConfiguration) & Configuration::kEnable, 0u);
}

TEST_F(NvmeTest, AControllerThatFailsAtTheStartIsBroken) {
  fake_.fails_at_start = true;
  EXPECT_EQ(Start().error(), Error::kBroken);
  EXPECT_FALSE(may_reach_memory());
}

TEST_F(NvmeTest, AControllerThatIsGoneIsNoController) {
  fake_.gone = true;
  EXPECT_EQ(Start().error(), Error::kUnsupported);
}

TEST_F(NvmeTest, AControllerThatDoesNotAnswerCommandsTimesOut) {
  fake_.answers = false;
  options_.timeout = milliseconds(20);
  EXPECT_EQ(Start().error(), Error::kTimedOut);
  EXPECT_FALSE(may_reach_memory());
}

TEST_F(NvmeTest, ACommandThatIsRefusedAtTheStartEndsIt) {
  for (const std::uint8_t refused :
       {Admin::kIdentify, Admin::kSetFeatures, Admin::kCreateCompletionQueue,
        Admin::kCreateSubmissionQueue}) {
    fake_.interpose = [&](bool, const Command& command) -> std::uint16_t {
      return (command.opcode_and_id & 0xff) == refused ? 1 : 0;
    };
    EXPECT_EQ(Start().error(), Error::kInputOutput);
  }
}

TEST_F(NvmeTest, AControllerWithoutWhatWeNeedIsUnsupported) {
  fake_.At(Register::kCapabilities + 4) = 0x0001'0020;  // pages of 8 KiB
  EXPECT_EQ(Start().error(), Error::kUnsupported);
  fake_.At(Register::kCapabilities + 4) = 0;  // no NVM commands
  EXPECT_EQ(Start().error(), Error::kUnsupported);
  fake_.At(Register::kCapabilities + 4) = 0x0000'002f;  // doorbells out of reach
  EXPECT_EQ(Start().error(), Error::kBroken);
  fake_.At(Register::kCapabilities + 4) = 0x20;
  fake_.At(Register::kCapabilities) = 0x0100'0000;  // a queue of one
  EXPECT_EQ(Start().error(), Error::kBroken);
}

TEST_F(NvmeTest, DoorbellsMayBeApart) {
  fake_.At(Register::kCapabilities + 4) = 0x0000'0022;
  fake_.stride = 16;
  blockdev::Queue& queue = StartQueue();
  EXPECT_TRUE(Do(queue, {.buffer = buffer(0, kBlock)}));
}

TEST_F(NvmeTest, NonsenseInWhatItSaysOfItselfIsTold) {
  const auto start_with = [&](std::size_t offset, unsigned value) {
    const auto saved = fake_.identify_namespace;
    fake_.identify_namespace[offset] = static_cast<std::byte>(value);
    const auto result = Start();
    fake_.identify_namespace = saved;
    return result ? Error::kExists : result.error();
  };
  EXPECT_EQ(start_with(128 + 2, 8), Error::kBroken);   // blocks of 256 bytes
  EXPECT_EQ(start_with(128 + 2, 17), Error::kBroken);  // of 128 KiB
  EXPECT_EQ(start_with(128, 8), Error::kUnsupported);  // with metadata
  EXPECT_EQ(start_with(26, 3), Error::kBroken);        // a format that is not there
  EXPECT_EQ(start_with(7, 0xff), Error::kBroken);      // more than 2^63 bytes
  fake_.SetBlockCount(0);
  EXPECT_EQ(Start().error(), Error::kNotFound);
  fake_.SetBlockCount(1);
  fake_.active_namespace = 0;
  EXPECT_EQ(Start().error(), Error::kNotFound);
  fake_.identify_controller[512] = std::byte{0x77};
  EXPECT_EQ(Start().error(), Error::kUnsupported);
}

// Controllers that break their rules while they run.

class LyingTest : public NvmeTest {
 protected:
  // Submits two writes that the controller does not do.
  blockdev::Queue& StartAndSubmit() {
    blockdev::Queue& queue = StartQueue();
    fake_.works = false;
    for (std::uintptr_t i = 1; i <= 2; ++i) {
      EXPECT_TRUE(queue.Submit(
          {.operation = Operation::kWrite, .buffer = buffer(0, kBlock), .cookie = Cookie(i)}));
    }
    queue.Notify();
    return queue;
  }
  void ExpectOutOfUse(blockdev::Queue& queue) {
    EXPECT_TRUE(queue.Poll(client_));
    ASSERT_EQ(client_.done.size(), 2u);
    EXPECT_EQ(client_.done[0].first + client_.done[1].first, 3u);
    for (const auto& done : client_.done) {
      EXPECT_EQ(done.second.error(), Error::kBroken);
    }
    EXPECT_FALSE(may_reach_memory());
    EXPECT_EQ(queue.Submit({.operation = Operation::kFlush}).error(), Error::kBroken);
    queue.Notify();
    EXPECT_FALSE(queue.Poll(client_));
    event_.Note();
    EXPECT_TRUE(queue.EnableNotifications());
    EXPECT_FALSE(event_.pending());  // or the CPU would never sleep again
    EXPECT_EQ(queue.deadline(), clock::kNever);
  }
};

TEST_F(LyingTest, AnIdThatNobodyGaveIsTheEnd) {
  blockdev::Queue& queue = StartAndSubmit();
  fake_.Complete(5, 0);
  ExpectOutOfUse(queue);
}

TEST_F(LyingTest, AnIdBeyondTheQueueIsTheEnd) {
  blockdev::Queue& queue = StartAndSubmit();
  fake_.Complete(0xffff, 0);
  ExpectOutOfUse(queue);
}

TEST_F(LyingTest, AQueueHeadBeyondTheQueueIsTheEnd) {
  blockdev::Queue& queue = StartAndSubmit();
  fake_.head_lie = 64;
  fake_.Complete(62, 0);
  ExpectOutOfUse(queue);
}

TEST_F(LyingTest, AnotherQueuesCompletionIsTheEnd) {
  blockdev::Queue& queue = StartAndSubmit();
  fake_.CompleteRaw(2u << 16, 62);
  ExpectOutOfUse(queue);
}

TEST_F(LyingTest, TheSameIdTwiceIsTheEnd) {
  blockdev::Queue& queue = StartQueue();
  fake_.interpose = [&](bool, const Command& command) -> std::uint16_t {
    fake_.Complete(static_cast<std::uint16_t>(command.opcode_and_id >> 16), 0);
    return 0;
  };
  ASSERT_TRUE(queue.Submit({.operation = Operation::kFlush, .cookie = Cookie(1)}));
  queue.Notify();
  EXPECT_TRUE(queue.Poll(client_));
  ASSERT_EQ(client_.done.size(), 1u);
  EXPECT_TRUE(client_.done[0].second);
  EXPECT_FALSE(may_reach_memory());
}

TEST_F(LyingTest, SilenceIsFoundOutAtTheDeadline) {
  options_.timeout = milliseconds(20);
  blockdev::Queue& queue = StartAndSubmit();
  const clock::Instant deadline = queue.deadline();
  EXPECT_NE(deadline, clock::kNever);
  while (clock::Monotonic::now() < deadline + options_.timeout) {
    events::Wait(deadline + options_.timeout);
  }
  ExpectOutOfUse(queue);
}

TEST_F(LyingTest, AControllerThatFailsIsFoundOutBeforeItsRequestsAreLate) {
  blockdev::Queue& queue = StartAndSubmit();
  fake_.At(Register::kStatus) |= 2;
  while (clock::Monotonic::now() < queue.deadline()) {
    events::Wait(queue.deadline());
  }
  ExpectOutOfUse(queue);
}

TEST(StatusTest, EveryStatusHasASentence) {
  EXPECT_EQ(Describe(Status::Of(0x281u << 17 | 0x1ffff)), "unrecovered read error");
  EXPECT_EQ(Describe(Status{0x7ff}), "a status that has no name here");
  EXPECT_EQ(ErrorOf(Status{0x20}), Error::kPermission);
  EXPECT_EQ(ErrorOf(Status{0x280}), Error::kInputOutput);
}

}  // namespace
}  // namespace ashlar::nvme
