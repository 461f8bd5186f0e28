// Tests of what drivers ask of requests, of the disk in memory, and of threads that wait for it.
// SPDX-License-Identifier: Apache-2.0
#include "libs/blockdev/blockdev.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/result.h"
#include "libs/blockdev/blocking.h"
#include "libs/blockdev/memory_disk.h"
#include "libs/blockdev/validate.h"
#include "libs/clock/clock.h"
#include "libs/event_loop/event_loop.h"
#include "libs/scheduler/scheduler.h"

namespace ashlar::blockdev {
namespace {

constexpr std::uint32_t kBlock = 512;
constexpr std::uint64_t kBlocks = 1024;

using Bytes = std::vector<std::byte>;

// Bytes that differ from block to block.
Bytes Pattern(std::size_t blocks, unsigned seed) {
  Bytes bytes(blocks * kBlock);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(seed + i / kBlock * 7 + i);
  }
  return bytes;
}

struct Recorder final : Client {
  void Completed(void* cookie, Result<void> result) override {
    done.emplace_back(reinterpret_cast<std::uintptr_t>(cookie), result);
  }
  std::vector<std::pair<std::uintptr_t, Result<void>>> done;
};

void* Cookie(std::uintptr_t number) { return reinterpret_cast<void*>(number); }

TEST(DevicesTest, TheFacadeAnswersTheSameEveryTime) {
  EXPECT_EQ(Devices().data(), Devices().data());
  EXPECT_EQ(Devices().size(), Devices().size());
}

class ValidateTest : public testing::Test {
 protected:
  Error Refused(const Request& request) const {
    const Result<void> result = Validate(properties_, request);
    EXPECT_FALSE(result);
    return result ? Error::kBroken : result.error();
  }

  Properties properties_ = {
      .block_size = kBlock, .block_count = 10, .max_blocks = 4, .buffer_alignment = 4};
  alignas(kBlock) std::array<std::byte, 6 * kBlock> memory_ = {};
  std::span<std::byte> bytes_ = memory_;
};

TEST_F(ValidateTest, WholeBlocksWithinTheDeviceAreTaken) {
  EXPECT_TRUE(Validate(properties_, {.buffer = bytes_.first(kBlock)}));
  EXPECT_TRUE(Validate(
      properties_,
      {.operation = Operation::kWrite, .first_block = 6, .buffer = bytes_.first(4 * kBlock)}));
  EXPECT_TRUE(Validate(properties_, {.operation = Operation::kFlush}));
}

TEST_F(ValidateTest, WhatIsNoBlocksOfTheDeviceIsRefused) {
  EXPECT_EQ(Refused({}), Error::kInvalidArgument);
  EXPECT_EQ(Refused({.buffer = bytes_.first(kBlock - 1)}), Error::kInvalidArgument);
  EXPECT_EQ(Refused({.buffer = bytes_.first(5 * kBlock)}), Error::kInvalidArgument);
  EXPECT_EQ(Refused({.buffer = bytes_.subspan(2, kBlock)}), Error::kInvalidArgument);
  EXPECT_EQ(Refused({.first_block = 10, .buffer = bytes_.first(kBlock)}), Error::kInvalidArgument);
  EXPECT_EQ(Refused({.first_block = 9, .buffer = bytes_.first(2 * kBlock)}),
            Error::kInvalidArgument);
  EXPECT_EQ(Refused({.first_block = ~std::uint64_t{0}, .buffer = bytes_.first(2 * kBlock)}),
            Error::kInvalidArgument);
}

TEST_F(ValidateTest, DiscardIsForDevicesThatHaveIt) {
  Request request = {.operation = Operation::kDiscard, .first_block = 2, .block_count = 8};
  EXPECT_EQ(Refused(request), Error::kUnsupported);
  properties_.discard = true;
  EXPECT_TRUE(Validate(properties_, request));
  request.block_count = 9;
  EXPECT_EQ(Refused(request), Error::kInvalidArgument);
  request.block_count = 0;
  EXPECT_EQ(Refused(request), Error::kInvalidArgument);
  request.block_count = ~std::uint64_t{0};
  EXPECT_EQ(Refused(request), Error::kInvalidArgument);
}

TEST_F(ValidateTest, AReadOnlyDeviceIsOnlyRead) {
  properties_.read_only = true;
  properties_.discard = true;
  EXPECT_EQ(Refused({.operation = Operation::kWrite, .buffer = bytes_.first(kBlock)}),
            Error::kPermission);
  EXPECT_EQ(Refused({.operation = Operation::kDiscard, .block_count = 1}), Error::kPermission);
  EXPECT_TRUE(Validate(properties_, {.buffer = bytes_.first(kBlock)}));
  EXPECT_TRUE(Validate(properties_, {.operation = Operation::kFlush}));
}

TEST_F(ValidateTest, ADeviceThatSaysNonsenseOfItselfIsNotSane) {
  EXPECT_TRUE(Sane(properties_));
  const auto sane = [&](auto change) {
    Properties changed = properties_;
    change(changed);
    return Sane(changed);
  };
  EXPECT_FALSE(sane([](Properties& p) { p.block_size = 0; }));
  EXPECT_FALSE(sane([](Properties& p) { p.block_size = 256; }));
  EXPECT_FALSE(sane([](Properties& p) { p.block_size = 520; }));
  EXPECT_FALSE(sane([](Properties& p) { p.block_count = (std::uint64_t{1} << 54) + 1; }));
  EXPECT_FALSE(sane([](Properties& p) { p.max_blocks = 0; }));
  EXPECT_FALSE(sane([](Properties& p) { p.buffer_alignment = 3; }));
  EXPECT_FALSE(sane([](Properties& p) { p.buffer_alignment = 1024; }));
  EXPECT_FALSE(sane([](Properties& p) { p.max_requests = 0; }));
}

class MemoryDiskTest : public testing::Test {
 protected:
  Bytes memory_ = Bytes(kBlocks * kBlock);
  Recorder recorder_;
};

TEST_F(MemoryDiskTest, RequestsAreDoneInPollOnceTheDiskWasTold) {
  MemoryDisk disk(memory_);
  Queue& queue = *disk.queues().front();
  EXPECT_EQ(disk.properties().block_count, kBlocks);
  Bytes written = Pattern(3, 1);
  ASSERT_TRUE(queue.Submit(
      {.operation = Operation::kWrite, .first_block = 5, .buffer = written, .cookie = Cookie(1)}));
  EXPECT_FALSE(queue.Poll(recorder_));
  EXPECT_TRUE(queue.EnableNotifications());
  queue.Notify();
  EXPECT_FALSE(queue.EnableNotifications());
  EXPECT_TRUE(queue.Poll(recorder_));
  Bytes read(kBlock);
  ASSERT_TRUE(queue.Submit({.first_block = 6, .buffer = read, .cookie = Cookie(2)}));
  queue.Notify();
  EXPECT_TRUE(queue.Poll(recorder_));
  ASSERT_EQ(recorder_.done.size(), 2u);
  EXPECT_EQ(recorder_.done[1].first, 2u);
  EXPECT_TRUE(std::ranges::equal(read, std::span(written).subspan(kBlock, kBlock)));
}

TEST_F(MemoryDiskTest, AFullQueueBlocks) {
  MemoryDisk disk(memory_, {.max_requests = 2});
  Queue& queue = *disk.queues().front();
  const Request flush = {.operation = Operation::kFlush};
  EXPECT_TRUE(queue.Submit(flush));
  EXPECT_TRUE(queue.Submit(flush));
  EXPECT_EQ(queue.Submit(flush).error(), Error::kWouldBlock);
  queue.Notify();
  queue.Poll(recorder_);
  EXPECT_TRUE(queue.Submit(flush));
}

TEST_F(MemoryDiskTest, DiscardedBlocksAreNotWhatTheyWere) {
  MemoryDisk disk(memory_);
  Queue& queue = *disk.queues().front();
  ASSERT_TRUE(queue.Submit({.operation = Operation::kDiscard, .first_block = 1, .block_count = 1}));
  queue.Notify();
  queue.Poll(recorder_);
  EXPECT_EQ(memory_[kBlock - 1], std::byte{0});
  EXPECT_EQ(memory_[kBlock], std::byte{0xdd});
  EXPECT_EQ(memory_[2 * kBlock], std::byte{0});
}

// Fails what touches one block.
struct BadBlock final : Filter {
  explicit BadBlock(std::uint64_t number) : block(number) {}
  Result<void> Pass(const Request& request) override {
    const std::uint64_t count = request.buffer.size() / kBlock;
    if (block - request.first_block < count) {
      return std::unexpected(Error::kInputOutput);
    }
    return {};
  }
  std::uint64_t block;
};

class BlockingTest : public testing::Test {
 protected:
  Bytes memory_ = Bytes(kBlocks * kBlock);
};

TEST_F(BlockingTest, LongTransfersAreCutAndComeBackWhole) {
  MemoryDisk disk(memory_, {.max_blocks = 3, .max_requests = 4});
  Blocking blocking(disk);
  const Bytes written = Pattern(100, 9);
  ASSERT_TRUE(blocking.Write(7, written));
  ASSERT_TRUE(blocking.Flush());
  Bytes read(written.size());
  ASSERT_TRUE(blocking.Read(7, read));
  EXPECT_EQ(read, written);
  EXPECT_EQ(memory_[7 * kBlock - 1], std::byte{0});
  EXPECT_EQ(memory_[107 * kBlock], std::byte{0});
  ASSERT_TRUE(blocking.Discard(7, 100));
  EXPECT_EQ(memory_[7 * kBlock], std::byte{0xdd});
  EXPECT_EQ(memory_[107 * kBlock - 1], std::byte{0xdd});
}

TEST_F(BlockingTest, NothingToDoIsDone) {
  MemoryDisk disk(memory_);
  Blocking blocking(disk);
  EXPECT_TRUE(blocking.Read(0, {}));
  EXPECT_TRUE(blocking.Write(0, {}));
  EXPECT_TRUE(blocking.Discard(0, 0));
}

// A disk whose requests end with an event, which only EnableNotifications() takes.
class NotingDisk final : public BlockDevice, private Queue {
 public:
  explicit NotingDisk(std::span<std::byte> memory) : disk_(memory), queue_(*disk_.queues()[0]) {}

  const Properties& properties() const override { return disk_.properties(); }
  std::span<Queue* const> queues() override { return queues_; }
  bool noted() const { return noted_; }

 private:
  Result<void> Submit(const Request& request) override { return queue_.Submit(request); }
  void Notify() override { queue_.Notify(); }
  bool Poll(Client& client) override {
    const bool any = queue_.Poll(client);
    noted_ |= any;
    return any;
  }
  bool EnableNotifications() override {
    noted_ = false;
    return queue_.EnableNotifications();
  }
  void DisableNotifications() override {}
  clock::Instant deadline() const override { return clock::kNever; }

  MemoryDisk disk_;
  Queue& queue_;
  std::array<Queue*, 1> queues_ = {this};
  bool noted_ = false;
};

TEST_F(BlockingTest, AnIdleDiskLeavesNoEventBehindThatKeepsTheCpuAwake) {
  NotingDisk disk(memory_);
  Blocking blocking(disk);
  Bytes bytes(kBlock);
  ASSERT_TRUE(blocking.Read(0, bytes));
  EXPECT_TRUE(disk.noted());
  // A machine that is busy may be past the time before it comes to waiting.
  for (std::chrono::milliseconds time{1}; disk.noted() && time < std::chrono::seconds(2);
       time *= 2) {
    event_loop::Wait(clock::Monotonic::now() + time);
  }
  EXPECT_FALSE(disk.noted());
}

TEST_F(BlockingTest, WhatTheDeviceRefusesOrFailsIsTheResult) {
  BadBlock filter(50);
  MemoryDisk disk(memory_, {.max_blocks = 2, .filter = &filter});
  Blocking blocking(disk);
  Bytes bytes = Pattern(20, 3);
  EXPECT_EQ(blocking.Write(40, bytes).error(), Error::kInputOutput);
  EXPECT_EQ(blocking.Read(50, std::span(bytes).first(kBlock)).error(), Error::kInputOutput);
  EXPECT_EQ(blocking.Read(kBlocks - 1, bytes).error(), Error::kInvalidArgument);
  EXPECT_EQ(blocking.Read(0, std::span(bytes).first(100)).error(), Error::kInvalidArgument);
  EXPECT_TRUE(blocking.Write(51, bytes));
}

struct Worker {
  Blocking& blocking;
  unsigned number;
  bool good = false;
};

void Work(void* argument) {
  Worker& worker = *static_cast<Worker*>(argument);
  for (unsigned round = 0; round < 10; ++round) {
    const Bytes written = Pattern(16, worker.number * 31 + round);
    Bytes read(written.size());
    const std::uint64_t first = worker.number * 16;
    if (!worker.blocking.Write(first, written) || !worker.blocking.Read(first, read) ||
        read != written) {
      return;
    }
  }
  worker.good = true;
}

TEST_F(BlockingTest, ThreadsShareAQueueThatIsSmallerThanWhatTheyWant) {
  MemoryDisk disk(memory_, {.max_blocks = 4, .max_requests = 3});
  Blocking blocking(disk);
  std::vector<Worker> workers;
  for (unsigned i = 0; i < 8; ++i) {
    workers.push_back({blocking, i});
  }
  std::vector<scheduler::Thread*> threads;
  for (Worker& worker : workers) {
    threads.push_back(*scheduler::Spawn(Work, &worker));
  }
  for (scheduler::Thread* thread : threads) {
    scheduler::Join(*thread);
  }
  for (const Worker& worker : workers) {
    EXPECT_TRUE(worker.good) << worker.number;
  }
}

}  // namespace
}  // namespace ashlar::blockdev
